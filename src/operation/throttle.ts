import type { Caller } from './access.ts';

/** Whether a caller may make another call. */
export type CallPermit =
  /** `failure` is the error if the call could not be counted, for the log. */
  | { allowed: true; failure?: unknown }
  /** `limit` is the number of calls in 60 seconds. */
  | { allowed: false; limit: number; retryAfterSeconds: number };

/** Counts the calls of callers; the policy of throttling implements it. */
export interface ThrottlePort {
  /** Counts one call. A refused call is not counted. */
  take(caller: Caller): Promise<CallPermit>;
}
