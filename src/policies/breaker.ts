/** Stops calls to something that is unavailable, and tries it again after longer and longer pauses. */
export interface Breaker {
  /** 0 if a call may be made now; otherwise the seconds after which to ask again. */
  retryAfterSeconds(): number;
  /** Records that a call begins. */
  begin(): void;
  /** Records how a call ended. */
  report(result: 'failed' | 'answered'): void;
}

/** Failures in a row that open the breaker. */
const failureLimit = 3;
/** The first and the longest pause, in seconds. The pause doubles each time the trial call fails. */
const [firstPauseSeconds, maxPauseSeconds] = [10, 300];
/** Seconds after which a trial call without a result counts as lost, so that another one may be tried. */
const trialSeconds = 30;

/**
 * Creates a breaker, closed at first. After three failures in a row it opens for ten seconds. Then it lets one trial
 * call through while the others wait. If the trial succeeds, the breaker closes; if it fails, the pause doubles, up to
 * five minutes.
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
      // The result of the trial call will be known soon.
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
      // Calls that were in flight when the breaker opened say nothing new.
      if (failures < failureLimit || now().getTime() < openUntil) return;
      if (failures > failureLimit) pause = Math.min(pause * 2, maxPauseSeconds);
      openUntil = now().getTime() + pause * 1000;
      trialUntil = 0;
    },
  };
}
