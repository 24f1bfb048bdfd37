import { isMessageId } from '../messages/index.ts';
import { isObject } from '../core/json.ts';
import type { Worker } from '../operation/define-worker.ts';
import type { FinalStatus } from './callbacks.ts';
import type { CallbackDeps } from './deps.ts';
import { deliverCallbacks } from './deliver-callbacks.ts';
import { giveUpCallbacks } from './give-up-callbacks.ts';
import type { CallbackJob } from './ports.ts';

function jobOf(message: unknown): CallbackJob | undefined {
  if (!isObject(message)) return undefined;
  const { messageId, chunk, dueAt, entries } = message;
  if (typeof messageId !== 'string' || !isMessageId(messageId) || !isIndex(chunk)) return undefined;
  const job = { messageId, chunk, ...(typeof dueAt === 'number' ? { dueAt } : {}) };
  if (entries === undefined) return job;
  const read = Array.isArray(entries) ? entries.map(entryOf) : [undefined];
  return read.includes(undefined) ? undefined : { ...job, entries: read as FinalStatus[] };
}

const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;

function entryOf(value: unknown): FinalStatus | undefined {
  if (!isObject(value)) return undefined;
  const { place, status, code, at } = value;
  const time = new Date(String(at));
  const isStatus = typeof status === 'string' && /^[a-z]+$/i.test(status);
  if (!isIndex(place) || !isStatus || Number.isNaN(time.getTime())) return undefined;
  // Of a later version it may be a status that is not known here.
  const final = status as FinalStatus['status'];
  return { place, status: final, ...(typeof code === 'string' ? { code } : {}), at: time };
}

/** Tells the addresses that senders named what became of recipients, up to a hundred at a time. */
export const deliverDeliveryCallbacks: Worker<CallbackDeps> = {
  name: 'DeliverDeliveryCallbacks',
  queue: 'delivery-callbacks',
  async handle(message, deps) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the delivery-callbacks queue');
    return { messageId: job.messageId, chunk: job.chunk, ...(await deliverCallbacks(job, deps)) };
  },
};

/** Gives up callbacks that failed too often on our side: the queue's poison messages come here. */
export const giveUpDeliveryCallbacks: Worker<CallbackDeps> = {
  name: 'GiveUpDeliveryCallbacks',
  queue: 'delivery-callbacks-poison',
  async handle(message, deps) {
    const job = jobOf(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    return { messageId: job.messageId, chunk: job.chunk, ...(await giveUpCallbacks(job, deps)) };
  },
};
