export { chunkStates } from './notification.ts';
export type * from './notification.ts';
export type * from './ports.ts';
