export { lookAfterWork } from './look-after-work.ts';
export type { UpkeepWorld } from './look-after-work.ts';
