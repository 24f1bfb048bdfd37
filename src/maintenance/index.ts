export { lookAfterWork } from './run-sweeps.ts';
export type { UpkeepWorld } from './run-sweeps.ts';
export { deleteExpired } from './delete-expired.ts';
export type { RetentionWorld } from './delete-expired.ts';
export type * from './ports.ts';
