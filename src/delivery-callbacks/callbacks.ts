import type { CallbackAnswer } from '../http-delivery/index.ts';
import { callbackAnswerPrivacy } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type { FinalRecipient } from '../messages/index.ts';

/** A recipient's final status, as a job carries it. */
export interface FinalStatus {
  /** The recipient's place in its chunk. */
  recipientIndex: number;
  status: FinalRecipient['status'];
  code?: string;
  at: Date;
}

/** A callback that is still to be made, or that was given up. */
export interface CallbackEntry extends FinalStatus {
  state: 'waiting' | 'givenUp';
  /** What it is given up after is counted from here. */
  since: Date;
  /** Calls so far. */
  attempts: number;
  /** When the next call is due; absent: at once. */
  notBefore?: Date;
  lastAnswer?: CallbackAnswer;
}

/** A worker's hold on a chunk's callbacks. */
interface CallbackLease {
  until: Date;
  /** Tells this hold from a later one. */
  token: string;
}

/** The callbacks of up to a hundred recipients, who are one chunk of a message. Holds nothing of who they are. */
export interface ChunkCallbacks {
  messageId: string;
  chunk: number;
  customerId: string;
  /** The places whose callback was made. */
  done: readonly number[];
  entries: readonly CallbackEntry[];
  lease?: CallbackLease;
  /** For when a job stands on the queue that sees to what waits. */
  jobAt?: Date;
  changedAt: Date;
}

export const chunkCallbacksPrivacy = {
  messageId: 'technical',
  customerId: 'customer',
  entries: [{ status: 'technical', code: 'technical', state: 'technical', lastAnswer: callbackAnswerPrivacy }],
  lease: { token: 'technical' },
} as const satisfies PrivacyOf<ChunkCallbacks>;

/** A chunk's callbacks and the version they were read at. */
export interface VersionedCallbacks {
  callbacks: ChunkCallbacks;
  version: string;
}

/** The statuses that callbacks don't know of yet, each place once: the first final status of a place counts. */
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

/** Whether the callback is to be made now. */
export function isDue({ state, notBefore }: CallbackEntry, now: Date): boolean {
  return state === 'waiting' && (notBefore === undefined || notBefore <= now);
}

/** When the first of those that wait is due, or undefined where none waits. */
export function earliestDue(entries: readonly CallbackEntry[], now: Date): Date | undefined {
  const times = entries.flatMap(({ state, notBefore = now }) => (state === 'waiting' ? [notBefore.getTime()] : []));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
