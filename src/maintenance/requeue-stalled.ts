import { inboundLooks } from '../conversations/index.ts';
import type { InboundLooksWorld } from '../conversations/index.ts';
import { messageLooks } from '../messages/index.ts';
import type { MessageLooksWorld } from '../messages/index.ts';
import { notificationLooks } from '../notifications/index.ts';
import type { NotificationLooksWorld } from '../notifications/index.ts';
import { callbackLooks } from '../delivery-callbacks/index.ts';
import type { CallbackLooksWorld } from '../delivery-callbacks/index.ts';
import type { Look } from './sweep.ts';
import type { UpkeepWorld } from './index.ts';

/** Everything that a look may work with. */
export type LooksWorld = UpkeepWorld &
  MessageLooksWorld &
  InboundLooksWorld &
  NotificationLooksWorld &
  CallbackLooksWorld;

/** Every look at work of a certain age. */
export const looks: readonly Look<LooksWorld>[] = [
  ...messageLooks,
  ...inboundLooks,
  ...notificationLooks,
  ...callbackLooks,
];
