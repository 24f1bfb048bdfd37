import { cleanUpGroupContacts, giveUpContactCleanUp } from './contacts/index.ts';
import type { CleanUpWorld } from './contacts/index.ts';
import { giveUpOutboundChunk, sendOutboundChunk } from './messages/index.ts';
import type { SendingWorld } from './messages/index.ts';
import type { Worker } from './operation/define-worker.ts';

/** Everything that a worker may work with. */
export type WorkerWorld = SendingWorld & CleanUpWorld;

/** Every queue worker. */
export const workers: readonly Worker<WorkerWorld>[] = [
  sendOutboundChunk,
  giveUpOutboundChunk,
  cleanUpGroupContacts,
  giveUpContactCleanUp,
];
