export type * from './ports.ts';
export type { SweepStep } from './sweep.ts';
export { deleteExpired, requeueStalled } from './timers.ts';
export type { DeleteExpiredDeps, RequeueStalledDeps } from './timers.ts';
