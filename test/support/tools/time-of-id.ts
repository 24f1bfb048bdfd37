import { timeDigits } from '../../../src/core/time-ordered-id.ts';

const timeFrom = (id: string, start: number): number => Number.parseInt(id.slice(start, start + timeDigits), 16);

/** The time in a message's id, which follows the two digits of its shard, in milliseconds. */
export const timeOfMessage = (id: string): number => timeFrom(id, 2);

/** The time in an inbound message's id, which follows a letter and the two digits of its shard, in milliseconds. */
export const timeOfInbound = (id: string): number => timeFrom(id, 3);
