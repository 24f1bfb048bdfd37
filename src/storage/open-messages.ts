import type { StorageConnection } from './connection.ts';
import { spreadMessages } from './message-accounts.ts';
import type { MessageAccount } from './message-accounts.ts';
import { createOutboundQueue } from './queues/outbound-queue.ts';
import { createTableMessageStore } from './tables/message-store.ts';

/** Opens the storage accounts that contain messages, in the order of their numbers. Sends no request yet. */
export function openMessages([own, ...more]: readonly [StorageConnection, ...StorageConnection[]]): MessageAccount {
  return spreadMessages([openAccount(own), ...more.map(openAccount)]);
}

function openAccount(connection: StorageConnection): MessageAccount {
  return {
    messages: createTableMessageStore(connection),
    outbound: createOutboundQueue(connection),
  };
}
