import { inboundLooks } from '../conversations/index.ts';
import type { InboundSweepsDeps } from '../conversations/index.ts';
import { messageLooks } from '../messages/index.ts';
import type { MessageSweepsDeps } from '../messages/index.ts';
import { notificationLooks } from '../notifications/index.ts';
import type { NotificationSweepsDeps } from '../notifications/index.ts';
import { callbackLooks } from '../delivery-callbacks/index.ts';
import type { CallbackSweepsDeps } from '../delivery-callbacks/index.ts';
import type { Look } from './sweep.ts';
import type { SweepDeps } from './index.ts';

/** Everything that a look may work with. */
export type SweepsDeps = SweepDeps &
  MessageSweepsDeps &
  InboundSweepsDeps &
  NotificationSweepsDeps &
  CallbackSweepsDeps;

/** Every look at work of a certain age. */
export const looks: readonly Look<SweepsDeps>[] = [
  ...messageLooks,
  ...inboundLooks,
  ...notificationLooks,
  ...callbackLooks,
];
