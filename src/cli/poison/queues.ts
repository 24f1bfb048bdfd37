import { workers } from '../../workers.ts';

/*
 * Workers of their own deal with most messages that the queues give up. What stays in a poison queue failed there as
 * well, or its workers died with it.
 */

const suffix = '-poison';

/** The queues that workers read, without the poison queues. */
export const queueNames: readonly string[] = workers
  .map(({ queue }) => queue)
  .filter((queue) => !queue.endsWith(suffix));

/** The queue that gets what `queue` gave up. */
export function poisonQueueOf(queue: string): string {
  return queue + suffix;
}
