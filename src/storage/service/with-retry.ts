import { setTimeout as sleep } from 'node:timers/promises';

import { UnavailableError } from '../../core/unavailable-error.ts';
import { isTransient } from './storage-error.ts';

/** Milliseconds before each further try, give or take a half, so that many callers don't come back at once. */
const pausesMs = [150, 800] as const;

/** No try begins later than so many milliseconds after the first: one that waits in vain is followed by one more. */
const beginWithinMs = 12_000;

/**
 * Runs an attempt up to three times while storage fails for the moment. Callers retry too, so it gives up soon.
 *
 * @param findOutcome is asked about an error that follows a try whose outcome nobody knows, since that try may have
 *   caused it. Resolves to the result of that try, or to undefined if the error stands.
 * @throws UnavailableError if storage keeps failing; otherwise what the attempt threw
 */
export async function withRetry<Result>(
  attempt: () => Promise<Result>,
  findOutcome?: (error: unknown) => Promise<Result | undefined>,
): Promise<Result> {
  const begun = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) {
        const outcome = tries === 0 ? undefined : await findOutcome?.(error);
        if (outcome === undefined) throw error;
        return outcome;
      }
      const pause = pausesMs[tries];
      if (pause === undefined || performance.now() - begun > beginWithinMs) {
        throw new UnavailableError('The storage', error);
      }
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}
