export { deleteExpired } from './delete-expired.ts';
export type { RetentionWorld } from './delete-expired.ts';
export type * from './ports.ts';
