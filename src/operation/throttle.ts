import type { Caller } from './access.ts';

/** Whether a caller may make one more call. */
export type CallPermit =
  /** `failure` is why calls could not be counted, for the log. */
  | { allowed: true; failure?: unknown }
  /** `limit` is in calls within 60 seconds. */
  | { allowed: false; limit: number; retryAfterSeconds: number };

/** Counts the calls of callers; the policy of throttling implements it. */
export interface ThrottlePort {
  /** Counts one call, unless it is refused. */
  take(caller: Caller): Promise<CallPermit>;
}
