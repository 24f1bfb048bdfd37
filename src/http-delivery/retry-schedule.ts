/** When a notification that failed is tried again. */
export interface RetrySchedule {
  /** Seconds before each further call; the last one is repeated. */
  delaysSeconds: readonly number[];
  /** After so many seconds from the first call, no further one is made. */
  giveUpAfterSeconds: number;
}

/** How much a delay may be longer than the schedule says: what failed together should not come back together. */
const jitter = 0.2;

/**
 * When the next call is due, after `attempts` calls (at least 1) of which the last failed at `now`; undefined where the
 * time is up. A wait that the callback asked for (Retry-After) is kept where it is longer.
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
  // Asked to wait longer than there is time, it is called once more at the end.
  return new Date(Math.min(Math.max(later(scheduled), later(retryAfterSeconds)), end));
}

/** How far a notification got. */
export interface RetryState {
  attempts: number;
  since: Date;
  now: Date;
  retryAfterSeconds?: number;
}
