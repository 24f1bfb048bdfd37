import type { Verdict } from '../http-delivery/index.ts';
import { nextCallAt } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { earliestDue } from './callbacks.ts';
import type { CallbackEntry, ChunkCallbacks, VersionedCallbacks } from './callbacks.ts';
import type { CallbackDeps } from './deps.ts';
import type { CallsMade } from './make-calls.ts';

/**
 * The result of a job's calls, for the log. `overtaken`: the calls took longer than the lease, and another worker,
 * which has the chunk now, repeats them.
 */
export type RecordCallsResult =
  | { result: 'done'; delivered: number; waiting: number; givenUp: number; error?: Error }
  | { result: 'overtaken' };

/**
 * Records the verdicts on calls, and queues a job for the next calls. Entries that others added meanwhile stay, and are
 * due at once.
 */
export async function recordCalls(
  claimed: VersionedCallbacks,
  made: CallsMade,
  token: string,
  deps: CallbackDeps,
): Promise<RecordCallsResult> {
  const { dlr, now } = deps;
  const { messageId, chunk } = claimed.callbacks;
  const outcomes = outcomesOf(claimed.callbacks, made, deps);
  let { jobAt } = claimed.callbacks;
  let current = claimed;
  for (;;) {
    const { lease: _, jobAt: __, ...rest } = current.callbacks;
    const entries = rest.entries.flatMap(
      (entry) => outcomes.get(entry.recipientIndex) ?? (isDone(entry) ? [] : [entry]),
    );
    const next = earliestDue(entries, now());
    // Queued before it is recorded: a crash in between leaves one job too many, never one too few.
    if (next !== undefined && !(jobAt !== undefined && jobAt > now() && jobAt <= next)) {
      await dlr.queue.enqueue({ messageId, chunk, dueAt: next.getTime() }, secondsUntil(next, now()));
      failpoint('callback.retryQueued');
      jobAt = next;
    }
    const done = [...rest.done, ...doneOf(made)];
    const updated: ChunkCallbacks = {
      ...rest,
      done,
      entries,
      ...(next === undefined || jobAt === undefined ? {} : { jobAt }),
      changedAt: now(),
    };
    if ((await dlr.store.write(updated, current.version)) !== 'conflict') {
      failpoint('callback.recorded');
      const count = (state: CallbackEntry['state']): number => entries.filter((entry) => entry.state === state).length;
      const counts = { delivered: doneOf(made).length, waiting: count('waiting'), givenUp: count('givenUp') };
      return { result: 'done', ...counts, ...(made.signingError === undefined ? {} : { error: made.signingError }) };
    }
    const found = await dlr.store.read(messageId, chunk);
    if (found?.callbacks.lease?.token !== token) return { result: 'overtaken' };
    current = found;
  }

  function isDone({ recipientIndex }: CallbackEntry): boolean {
    return made.verdicts.get(recipientIndex)?.next === 'delivered';
  }
}

function doneOf({ verdicts }: CallsMade): number[] {
  return [...verdicts].flatMap(([recipientIndex, { next }]) => (next === 'delivered' ? [recipientIndex] : []));
}

/** Returns the entries that the calls changed and that are not delivered, by recipient index. */
function outcomesOf(
  { entries }: ChunkCallbacks,
  { verdicts, isUnanswered }: CallsMade,
  { dlr, random, now }: CallbackDeps,
): Map<number, CallbackEntry> {
  const at = now();
  const outcomes = new Map<number, CallbackEntry>();
  for (const { notBefore: _, ...entry } of entries) {
    const verdict = verdicts.get(entry.recipientIndex);
    if (verdict === undefined || verdict.next === 'delivered') continue;
    outcomes.set(entry.recipientIndex, afterCall(entry, verdict));
  }
  if (!isUnanswered) return outcomes;
  // No answer came, so the rest waits as long as the called ones. Each time, those with the fewest attempts go first.
  const attempts = Math.max(...[...outcomes.values()].map((entry) => entry.attempts));
  const notBefore = nextCallAt(dlr.schedule, { attempts, since: at, now: at }, random());
  for (const entry of entries) {
    const isLeft = entry.state === 'waiting' && !verdicts.has(entry.recipientIndex);
    const isEarlier = notBefore !== undefined && (entry.notBefore ?? at) < notBefore;
    if (isLeft && isEarlier) outcomes.set(entry.recipientIndex, { ...entry, notBefore });
  }
  return outcomes;

  function afterCall(entry: CallbackEntry, { next, answer, retryAfterSeconds }: Verdict): CallbackEntry {
    const called = { ...entry, attempts: entry.attempts + 1, lastAnswer: answer };
    const state = {
      attempts: called.attempts,
      since: entry.since,
      now: at,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
    const notBefore = next === 'never' ? undefined : nextCallAt(dlr.schedule, state, random());
    return notBefore === undefined ? { ...called, state: 'givenUp' } : { ...called, notBefore };
  }
}
