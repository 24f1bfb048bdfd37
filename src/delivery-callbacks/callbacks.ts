import type { CallbackAnswer } from '../http-delivery/index.ts';
import { callbackAnswerPrivacy } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type { FinalRecipient } from '../messages/index.ts';

/** A recipient's final status, as it is in a job. */
export interface FinalStatus {
  /** The recipient's index in its chunk. */
  recipientIndex: number;
  status: FinalRecipient['status'];
  code?: string;
  at: Date;
}

/** A callback that is still to be made, or was given up. */
export interface CallbackEntry extends FinalStatus {
  state: 'waiting' | 'givenUp';
  /** The start of the time after which it is given up. */
  since: Date;
  /** Calls so far. */
  attempts: number;
  /** When the next call is due; absent if it is due at once. */
  notBefore?: Date;
  lastAnswer?: CallbackAnswer;
}

/** A worker's lease on a chunk's callbacks. */
interface CallbackLease {
  until: Date;
  /** Distinguishes this lease from a later one. */
  token: string;
}

/**
 * The callbacks of one chunk of a message, with up to a hundred recipients. It has no data about the recipients'
 * owners.
 */
export interface ChunkCallbacks {
  messageId: string;
  chunk: number;
  customerId: string;
  /** The recipient indexes whose callback was delivered. */
  done: readonly number[];
  entries: readonly CallbackEntry[];
  lease?: CallbackLease;
  /** When the queued job for the waiting callbacks is due; absent if no job is queued. */
  jobAt?: Date;
  changedAt: Date;
}

export const chunkCallbacksPrivacy = {
  messageId: 'technical',
  customerId: 'customer',
  entries: [{ status: 'technical', code: 'technical', state: 'technical', lastAnswer: callbackAnswerPrivacy }],
  lease: { token: 'technical' },
} as const satisfies PrivacyOf<ChunkCallbacks>;

/** A chunk's callbacks and the version that was read. */
export interface VersionedCallbacks {
  callbacks: ChunkCallbacks;
  version: string;
}

/** Returns entries for the recipients that have no callback yet. A recipient's first final status counts. */
export function newEntries(
  { done, entries }: Pick<ChunkCallbacks, 'done' | 'entries'>,
  statuses: readonly FinalStatus[],
  now: Date,
): CallbackEntry[] {
  const known = new Set([...done, ...entries.map(({ recipientIndex }) => recipientIndex)]);
  return statuses.flatMap((final) => {
    if (known.has(final.recipientIndex)) return [];
    known.add(final.recipientIndex);
    return [{ ...final, state: 'waiting' as const, since: now, attempts: 0 }];
  });
}

/** Tells whether a callback is due now. */
export function isDue({ state, notBefore }: CallbackEntry, now: Date): boolean {
  return state === 'waiting' && (notBefore === undefined || notBefore <= now);
}

/** Returns when the first waiting callback is due; undefined if none waits. */
export function earliestDue(entries: readonly CallbackEntry[], now: Date): Date | undefined {
  const times = entries.flatMap(({ state, notBefore = now }) => (state === 'waiting' ? [notBefore.getTime()] : []));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
