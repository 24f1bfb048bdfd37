import { setTimeout as sleep } from 'node:timers/promises';

import { UnavailableError } from '../../core/unavailable-error.ts';
import { isTransient } from './storage-error.ts';

/** Milliseconds before each retry, plus or minus half of them, so that many callers don't retry at the same moment. */
const pausesMs = [150, 800] as const;

/**
 * Milliseconds after the start in which a failed try may be followed by a retry. A try that runs into its time limit of
 * 10 seconds is followed by one more.
 */
const beginWithinMs = 12_000;

/**
 * Runs an attempt up to three times while its errors are transient. It gives up soon, because callers retry, too.
 *
 * @param findOutcome is called with a lasting error that follows a failed try. Nobody knows whether that try was
 *   carried out, and if it was, it may be the cause of the error. Resolves to the result of that try, or to undefined
 *   if the try was not carried out.
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
