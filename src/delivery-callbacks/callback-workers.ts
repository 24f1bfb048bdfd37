import type { Worker } from '../operation/define-worker.ts';
import { decodeCallbackJob } from './callback-job.ts';
import type { CallbackDeps } from './deps.ts';
import { deliverCallbacks } from './deliver-callbacks.ts';
import { giveUpCallbacks } from './give-up-callbacks.ts';

/** Calls messages' `DlrUrl` with the final statuses of recipients, up to a hundred at a time. */
export const deliverDeliveryCallbacks: Worker<CallbackDeps> = {
  name: 'DeliverDeliveryCallbacks',
  queue: 'delivery-callbacks',
  async handle(message, deps) {
    const job = decodeCallbackJob(message);
    if (job === undefined) throw new Error('not a job for the delivery-callbacks queue');
    return { messageId: job.messageId, chunk: job.chunk, ...(await deliverCallbacks(job, deps)) };
  },
};

/** Handles the queue's poison messages: gives up callbacks that failed too often on our side. */
export const giveUpDeliveryCallbacks: Worker<CallbackDeps> = {
  name: 'GiveUpDeliveryCallbacks',
  queue: 'delivery-callbacks-poison',
  async handle(message, deps) {
    const job = decodeCallbackJob(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    return { messageId: job.messageId, chunk: job.chunk, ...(await giveUpCallbacks(job, deps)) };
  },
};
