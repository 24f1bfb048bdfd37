import { createHash } from 'node:crypto';

/** What tells a repeat of an attempt from another attempt. */
export interface Attempt {
  recipientId: string;
  /** The same where an attempt is repeated since nobody knows how it ended. */
  attemptedAt: Date;
}

/**
 * The ids by which the carrier recognises a repeat (OASIS Repeatable Requests 1.0): a UUID that follows from the
 * recipient and the attempt, so that it need not be stored, and when the attempt was first made, as an HTTP date.
 */
export function repeatability({ recipientId, attemptedAt }: Attempt): { requestId: string; firstSent: string } {
  const hash = createHash('sha256').update(`${recipientId} ${attemptedAt.toISOString()}`).digest('hex');
  // Version 8: a UUID of one's own making (RFC 9562, 5.8).
  const requestId = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
  return { requestId, firstSent: attemptedAt.toUTCString() };
}

/** A word of the carrier on a repeat, in any letters. */
export function isRepeatRejected(word: unknown): boolean {
  return typeof word === 'string' && word.toLowerCase() === 'rejected';
}

/**
 * The carrier did nothing, since the ids are invalid, or it no longer remembers that far back. Whether an earlier attempt
 * arrived it doesn't say, and it would say no more when asked again.
 */
export const repeatRejected = {
  outcome: 'unknown',
  code: 'CarrierRepeatRejected',
  reason: 'inDoubt',
} as const;
