import { setTimeout as sleep } from 'node:timers/promises';

import { UnavailableError } from '../../core/unavailable-error.ts';
import { isTrouble } from './storage-error.ts';

/** Milliseconds before each further try, give or take a half, so that many callers don't come back at once. */
const pausesMs = [150, 800] as const;

/** No try begins later than so many milliseconds after the first: one that waits in vain is followed by one more. */
const beginWithinMs = 12_000;

/**
 * Tries something a few times while storage is in trouble; callers have repeats of their own, so soon after they are
 * told. `settle` is asked about an error that comes after a try whose outcome nobody knows, and which may be that try's
 * own doing: it gives the result, or undefined where the error stands.
 *
 * @throws UnavailableError where the trouble lasts, else what the attempt threw
 */
export async function keepTrying<Result>(
  attempt: () => Promise<Result>,
  settle?: (error: unknown) => Promise<Result | undefined>,
): Promise<Result> {
  const begun = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTrouble(error)) {
        const settled = tries === 0 ? undefined : await settle?.(error);
        if (settled === undefined) throw error;
        return settled;
      }
      const pause = pausesMs[tries];
      if (pause === undefined || performance.now() - begun > beginWithinMs) {
        throw new UnavailableError('The storage', error);
      }
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}
