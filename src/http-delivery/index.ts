export { callbackAnswerPrivacy } from './call-outcome.ts';
export type * from './call-outcome.ts';
export { leaseEnd, refuseLeased } from './lease.ts';
export { nextCallAt } from './retry-schedule.ts';
export type { RetrySchedule } from './retry-schedule.ts';
export { judgeOutcome } from './verdict.ts';
export type { Verdict } from './verdict.ts';
