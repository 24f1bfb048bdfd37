export type * from './ports.ts';
export { httpVerbs } from './subscription.ts';
export type * from './subscription.ts';
