/** When a call that failed is made again. */
export interface RetrySchedule {
  /** Seconds before each further call. The last one is repeated. */
  delaysSeconds: readonly number[];
  /** No further call is made later than this after the first one, in seconds. */
  giveUpAfterSeconds: number;
}

/** The largest share by which chance lengthens a delay: calls that failed together should not come back together. */
const jitter = 0.2;

/**
 * Returns when the next call is due, after `attempts` calls (at least 1) of which the last failed at `now`; undefined
 * if the time is up. If the callback asked for a longer wait (Retry-After), it gets it.
 *
 * @param random a number from 0 to below 1
 */
export function nextCallAt(
  { delaysSeconds, giveUpAfterSeconds }: RetrySchedule,
  { attempts, since, now, retryAfterSeconds = 0 }: RetryState,
  random: number,
): Date | undefined {
  const scheduled = delaysSeconds[Math.min(attempts, delaysSeconds.length) - 1] ?? 0;
  const later = (seconds: number): number => now.getTime() + Math.ceil(seconds * (1 + jitter * random) * 1_000);
  const end = since.getTime() + giveUpAfterSeconds * 1_000;
  if (later(scheduled) > end) return undefined;
  // If the callback asks for a longer wait than there is time, it is called once more at the end.
  return new Date(Math.min(Math.max(later(scheduled), later(retryAfterSeconds)), end));
}

/** The calls that were made so far. `since` is the time of the first one. */
export interface RetryState {
  attempts: number;
  since: Date;
  now: Date;
  retryAfterSeconds?: number;
}
