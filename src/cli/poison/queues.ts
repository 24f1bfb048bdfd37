import { workers } from '../../workers.ts';

/*
 * Poison workers handle most messages that queues give up. A message stays in a poison queue if its poison worker
 * failed, too, or if the process stopped with it.
 */

const suffix = '-poison';

/** The names of the queues that workers read, without the poison queues. */
export const queueNames: readonly string[] = workers
  .map(({ queue }) => queue)
  .filter((queue) => !queue.endsWith(suffix));

/** Returns the name of the poison queue, which gets the messages that `queue` gave up. */
export function poisonQueueOf(queue: string): string {
  return queue + suffix;
}
