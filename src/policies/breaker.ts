/** Stops calls to something that can't be had, and tries it again later and later. */
export interface Breaker {
  /** Whether a call may be made now: 0, or the seconds after which to ask again. */
  retryAfterSeconds(): number;
  /** Says that a call begins. */
  begin(): void;
  /** Tells how a call ended. */
  report(result: 'failed' | 'answered'): void;
}

/** Calls in a row that fail before no more are made. */
const failureLimit = 3;
/** How long none are made, at first and at most, in seconds; doubled each time that the one that is then tried fails. */
const [firstPauseSeconds, maxPauseSeconds] = [10, 300];
/** Seconds after which a call that is tried counts as lost, and another may be. */
const trialSeconds = 30;

/**
 * Makes a breaker that is closed. After three failures in a row it opens, for ten seconds at first; then one call is
 * tried, while the others wait. If it ends well, all go on; else the pause is doubled, up to five minutes.
 */
export function createBreaker(now: () => Date): Breaker {
  let failures = 0;
  let pause = firstPauseSeconds;
  let openUntil = 0;
  let trialUntil = 0;
  const secondsUntil = (time: number): number => Math.max(1, Math.ceil((time - now().getTime()) / 1000));

  return {
    retryAfterSeconds() {
      if (failures < failureLimit) return 0;
      const at = now().getTime();
      if (at < openUntil) return secondsUntil(openUntil);
      // Whether the one that is tried ends well will be known soon.
      return at < trialUntil ? 1 : 0;
    },
    begin() {
      if (failures >= failureLimit) trialUntil = now().getTime() + trialSeconds * 1000;
    },
    report(result) {
      if (result === 'answered') {
        failures = 0;
        pause = firstPauseSeconds;
        trialUntil = 0;
        return;
      }
      failures += 1;
      // Calls that were under way when it opened say nothing new.
      if (failures < failureLimit || now().getTime() < openUntil) return;
      if (failures > failureLimit) pause = Math.min(pause * 2, maxPauseSeconds);
      openUntil = now().getTime() + pause * 1000;
      trialUntil = 0;
    },
  };
}
