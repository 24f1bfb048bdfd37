import { createHash } from 'node:crypto';

/** What identifies an attempt, so that the carrier can recognise its repeat. */
export interface Attempt {
  recipientId: string;
  /** Stays the same when an attempt whose result is unknown is repeated. */
  attemptedAt: Date;
}

/**
 * Makes the ids by which the carrier recognises a repeat (OASIS Repeatable Requests 1.0). `requestId` is a UUID that is
 * derived from the recipient and the attempt, so that it need not be stored. `firstSent` is the time of the attempt as
 * an HTTP date.
 */
export function repeatability({ recipientId, attemptedAt }: Attempt): { requestId: string; firstSent: string } {
  const hash = createHash('sha256').update(`${recipientId} ${attemptedAt.toISOString()}`).digest('hex');
  // Version 8: a UUID with custom content (RFC 9562, 5.8).
  const requestId = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
  return { requestId, firstSent: attemptedAt.toUTCString() };
}

/** Whether the carrier's result for a repeat is `rejected`, in any case. */
export function isRepeatRejected(word: unknown): boolean {
  return typeof word === 'string' && word.toLowerCase() === 'rejected';
}

/**
 * The outcome if the carrier rejects a repeat because the ids are invalid or too old for it to remember. The carrier
 * doesn't say whether the earlier attempt arrived, and another repeat would tell no more.
 */
export const repeatRejected = {
  outcome: 'unknown',
  code: 'CarrierRepeatRejected',
  reason: 'inDoubt',
} as const;
