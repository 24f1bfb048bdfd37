import { isObject } from '../core/json.ts';
import { isMessageId } from '../messages/index.ts';
import type { FinalStatus } from './callbacks.ts';
import type { CallbackJob } from './ports.ts';

/*
 * The queue message of a job. After an update the queue still has messages of earlier versions, so the names in it
 * stay: `place` is the recipient's index.
 */

/** Converts a job to the JSON of its queue message. */
export function encodeCallbackJob({ entries, ...job }: CallbackJob): object {
  if (entries === undefined) return job;
  return { ...job, entries: entries.map(encodeEntry) };
}

/** Converts an entry of a job to the JSON of its queue message. */
export function encodeEntry({ recipientIndex: place, ...entry }: FinalStatus): object {
  return { place, ...entry };
}

/** The inverse of {@link encodeCallbackJob}, for parsed JSON; undefined for anything that is not a job. */
export function decodeCallbackJob(message: unknown): CallbackJob | undefined {
  if (!isObject(message)) return undefined;
  const { messageId, chunk, dueAt, entries } = message;
  if (typeof messageId !== 'string' || !isMessageId(messageId) || !isIndex(chunk)) return undefined;
  const job = { messageId, chunk, ...(typeof dueAt === 'number' ? { dueAt } : {}) };
  if (entries === undefined) return job;
  const read = Array.isArray(entries) ? entries.map(decodeEntry) : [undefined];
  return read.includes(undefined) ? undefined : { ...job, entries: read as FinalStatus[] };
}

const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;

function decodeEntry(value: unknown): FinalStatus | undefined {
  if (!isObject(value)) return undefined;
  const { place: recipientIndex, status, code, at } = value;
  const time = new Date(String(at));
  const isStatus = typeof status === 'string' && /^[a-z]+$/i.test(status);
  if (!isIndex(recipientIndex) || !isStatus || Number.isNaN(time.getTime())) return undefined;
  // A later version may have written a status that this version doesn't know.
  const final = status as FinalStatus['status'];
  return { recipientIndex, status: final, ...(typeof code === 'string' ? { code } : {}), at: time };
}
