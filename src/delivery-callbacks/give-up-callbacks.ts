import { refuseLeased } from '../http-delivery/index.ts';
import { newEntries } from './callbacks.ts';
import type { CallbackEntry, ChunkCallbacks } from './callbacks.ts';
import type { CallbackDeps } from './deps.ts';
import { deliverCallbacks } from './deliver-callbacks.ts';
import type { DeliverCallbacksResult } from './deliver-callbacks.ts';
import type { CallbackJob } from './ports.ts';

/** The result of a job that failed too often, for the log. */
export type GiveUpCallbacksResult =
  | DeliverCallbacksResult
  | { result: 'givenUp'; givenUp: number; error: Error }
  | { result: 'missing'; error: Error };

/**
 * Tries a job that failed too often once more, because its workers may only have died, and gives its callbacks up if
 * that fails too. Rejects while a lease runs, so that the poison message comes again: a job that went back to its own
 * queue until the lease ends would never be given up.
 */
export async function giveUpCallbacks(job: CallbackJob, deps: CallbackDeps): Promise<GiveUpCallbacksResult> {
  const { dlr, now } = deps;
  const lease = (await dlr.store.read(job.messageId, job.chunk))?.callbacks.lease;
  refuseLeased(lease?.until, now());
  try {
    return await deliverCallbacks(job, deps);
  } catch (error) {
    return recordGivenUp(job, new Error('callbacks failed too often on our side', { cause: error }), deps);
  }
}

/** Records all callbacks as given up. This overwrites what the failed try left, including a lease. */
async function recordGivenUp(
  { messageId, chunk, entries: brought = [] }: CallbackJob,
  error: Error,
  { dlr, messages, now }: CallbackDeps,
): Promise<GiveUpCallbacksResult> {
  for (;;) {
    const found = await dlr.store.read(messageId, chunk);
    const at = now();
    const customerId = found?.callbacks.customerId ?? (await messages.store.readHeader(messageId))?.customerId;
    if (customerId === undefined) return { result: 'missing', error };
    const { done = [], entries = [] } = found?.callbacks ?? {};
    const ended = [...entries, ...newEntries({ done, entries }, brought, at)].map((entry): CallbackEntry => {
      const { notBefore: _, ...rest } = entry;
      if (entry.state === 'givenUp') return entry;
      return { ...rest, state: 'givenUp', lastAnswer: entry.lastAnswer ?? { detail: error.message, at } };
    });
    const givenUp: ChunkCallbacks = { messageId, chunk, customerId, done, entries: ended, changedAt: at };
    if ((await dlr.store.write(givenUp, found?.version)) === 'conflict') continue;
    return { result: 'givenUp', givenUp: ended.length, error };
  }
}
