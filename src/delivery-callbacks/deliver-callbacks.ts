import { leaseEnd } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { earliestDue, isDue, newEntries } from './callbacks.ts';
import type { ChunkCallbacks, FinalStatus, VersionedCallbacks } from './callbacks.ts';
import type { CallbackDeps } from './deps.ts';
import { makeCalls } from './make-calls.ts';
import type { CalledMessage } from './make-calls.ts';
import type { CallbackJob } from './ports.ts';
import { recordCalls } from './record-calls.ts';
import type { RecordCallsResult } from './record-calls.ts';

/**
 * The fraction of the lease in which calls may begin: a call takes up to half a minute, and its result must still be
 * recorded.
 */
const callingPart = 0.5;

/**
 * A job's result, for the log. `joined`: another worker has the chunk, and the job's statuses were added to its row.
 * `unwanted`: the message has no `DlrUrl`.
 */
export type DeliverCallbacksResult =
  | RecordCallsResult
  | { result: 'joined' | 'taken' | 'notDue' | 'nothingToDo' | 'missing' | 'unwanted' };

/**
 * Adds the job's final statuses to its chunk and makes the callbacks that are due. One worker at a time has a chunk.
 * Other workers add their statuses to the chunk's row, and the job of the worker that has the chunk covers those too:
 * it ends only when all is recorded, and comes back if its worker dies. The calls of a worker that died are repeated.
 */
export async function deliverCallbacks(job: CallbackJob, deps: CallbackDeps): Promise<DeliverCallbacksResult> {
  const { dlr, now, newSecret } = deps;
  const { messageId, chunk, entries: brought = [] } = job;
  let message: CalledMessage | 'missing' | 'unwanted' | undefined;
  for (;;) {
    const found = await dlr.store.read(messageId, chunk);
    const begun = now();
    const known = withNew(found, brought, begun);
    if (found?.callbacks.lease !== undefined && found.callbacks.lease.until > begun) {
      const outcome = await leaveToHolder(found, known, job, deps);
      if (outcome === 'conflict') continue;
      return { result: outcome };
    }
    const due = known.entries.filter((entry) => isDue(entry, begun));
    if (due.length === 0) return { result: await waitForDue(known, job, deps) };
    message ??= await readMessage(job, deps);
    if (typeof message === 'string') return { result: message };
    const lease = { until: leaseEnd(begun, dlr.leaseSeconds), token: newSecret() };
    const held: ChunkCallbacks = { messageId, chunk, ...known, customerId: message.header.customerId, lease };
    const claimed = await dlr.store.write(held, found?.version);
    if (claimed === 'conflict') continue;
    failpoint('callback.claimed');
    const deadline = leaseEnd(begun, dlr.leaseSeconds * callingPart);
    try {
      const made = await makeCalls(due, message, deadline, deps);
      failpoint('callback.called');
      return await recordCalls(claimed, made, lease.token, deps);
    } catch (error) {
      await release(claimed, deps);
      throw error;
    }
  }
}

/**
 * Releases the lease, if possible. Otherwise the next try of a job that always fails would find the chunk taken, and
 * would not count as a failure.
 */
async function release({ callbacks, version }: VersionedCallbacks, { dlr }: CallbackDeps): Promise<void> {
  const { lease: _, ...rest } = callbacks;
  await dlr.store.write(rest, version).catch(() => undefined);
}

type Known = Pick<ChunkCallbacks, 'done' | 'entries' | 'changedAt'> & Pick<Partial<ChunkCallbacks>, 'jobAt'>;

/** Returns a chunk's stored callbacks with the new entries of a job. */
function withNew(found: VersionedCallbacks | undefined, brought: readonly FinalStatus[], now: Date): Known {
  const { done = [], entries = [], jobAt } = found?.callbacks ?? {};
  return {
    done,
    entries: [...entries, ...newEntries({ done, entries }, brought, now)],
    ...(jobAt === undefined ? {} : { jobAt }),
    changedAt: now,
  };
}

async function leaveToHolder(
  { callbacks, version }: VersionedCallbacks,
  known: Known,
  job: CallbackJob,
  { dlr, now }: CallbackDeps,
): Promise<'joined' | 'taken' | 'conflict'> {
  if (known.entries.length > callbacks.entries.length) {
    const joined = await dlr.store.write({ ...callbacks, ...known }, version);
    return joined === 'conflict' ? joined : 'joined';
  }
  // This may be the holder's own job, which came back because the holder died. Then no other job covers the chunk.
  await dlr.queue.enqueue(withoutEntries(job), secondsUntil(callbacks.lease?.until, now()) + 1);
  return 'taken';
}

/** Makes sure that a job comes when the next callback is due. */
async function waitForDue(
  { entries, jobAt }: Known,
  job: CallbackJob,
  { dlr, now }: CallbackDeps,
): Promise<'notDue' | 'nothingToDo'> {
  const next = earliestDue(entries, now());
  if (next === undefined) return 'nothingToDo';
  // Another job is queued, so this one, a copy or a late report, can end.
  if (jobAt !== undefined && jobAt > now() && job.dueAt !== jobAt.getTime()) return 'notDue';
  const dueAt = (jobAt ?? next).getTime();
  await dlr.queue.enqueue({ ...withoutEntries(job), dueAt }, secondsUntil(next, now()));
  return 'notDue';
}

function withoutEntries({ messageId, chunk, dueAt }: CallbackJob): CallbackJob {
  return { messageId, chunk, ...(dueAt === undefined ? {} : { dueAt }) };
}

async function readMessage(
  { messageId, chunk: index }: CallbackJob,
  { messages }: CallbackDeps,
): Promise<CalledMessage | 'missing' | 'unwanted'> {
  const [header, found] = await Promise.all([
    messages.store.readHeader(messageId),
    messages.store.readChunk(messageId, index),
  ]);
  if (header === undefined || found === undefined) return 'missing';
  const { dlrUrl } = header;
  return dlrUrl === undefined ? 'unwanted' : { header: { ...header, dlrUrl }, chunk: found.chunk };
}
