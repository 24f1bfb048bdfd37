import { cleanUpGroupContacts, giveUpContactCleanUp } from './contacts/index.ts';
import type { CleanUpWorld } from './contacts/index.ts';
import { giveUpInboundMessage, leadInboundMessage } from './conversations/index.ts';
import type { LeadingWorld } from './conversations/index.ts';
import { deliverDeliveryCallbacks, giveUpDeliveryCallbacks } from './delivery-callbacks/index.ts';
import type { CallbackWorld } from './delivery-callbacks/index.ts';
import { giveUpOutboundChunk, sendOutboundChunk } from './messages/index.ts';
import type { SendingWorld } from './messages/index.ts';
import {
  deliverNotifications,
  giveUpLoneNotification,
  giveUpNotificationChunk,
  retryNotification,
} from './notifications/index.ts';
import type { DeliveringWorld } from './notifications/index.ts';
import type { Worker } from './operation/define-worker.ts';

/** Everything that a worker may work with. */
export type WorkerWorld = SendingWorld & CleanUpWorld & LeadingWorld & DeliveringWorld & CallbackWorld;

/** Every queue worker. */
export const workers: readonly Worker<WorkerWorld>[] = [
  sendOutboundChunk,
  giveUpOutboundChunk,
  cleanUpGroupContacts,
  giveUpContactCleanUp,
  leadInboundMessage,
  giveUpInboundMessage,
  deliverNotifications,
  giveUpNotificationChunk,
  retryNotification,
  giveUpLoneNotification,
  deliverDeliveryCallbacks,
  giveUpDeliveryCallbacks,
];
