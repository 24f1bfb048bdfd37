export { lookAfterWork } from './run-sweeps.ts';
export type { SweepDeps } from './run-sweeps.ts';
export { deleteExpired } from './delete-expired.ts';
export type { RetentionDeps } from './delete-expired.ts';
export type * from './ports.ts';
