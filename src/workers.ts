import { cleanUpGroupContacts, giveUpContactCleanUp } from './contacts/index.ts';
import type { CleanUpDeps } from './contacts/index.ts';
import { giveUpInboundMessage, routeInboundMessage } from './conversations/index.ts';
import type { RouteInboundDeps } from './conversations/index.ts';
import { deliverDeliveryCallbacks, giveUpDeliveryCallbacks } from './delivery-callbacks/index.ts';
import type { CallbackDeps } from './delivery-callbacks/index.ts';
import { giveUpOutboundChunk, sendOutboundChunk } from './messages/index.ts';
import type { DeliverDeps } from './messages/index.ts';
import {
  deliverNotifications,
  giveUpNotificationRetry,
  giveUpNotificationChunk,
  retryNotification,
} from './notifications/index.ts';
import type { NotificationDeps } from './notifications/index.ts';
import type { Worker } from './operation/define-worker.ts';

/** The dependencies of all workers. */
export type WorkerDeps = DeliverDeps & CleanUpDeps & RouteInboundDeps & NotificationDeps & CallbackDeps;

/** Every queue worker. */
export const workers: readonly Worker<WorkerDeps>[] = [
  sendOutboundChunk,
  giveUpOutboundChunk,
  cleanUpGroupContacts,
  giveUpContactCleanUp,
  routeInboundMessage,
  giveUpInboundMessage,
  deliverNotifications,
  giveUpNotificationChunk,
  retryNotification,
  giveUpNotificationRetry,
  deliverDeliveryCallbacks,
  giveUpDeliveryCallbacks,
];
