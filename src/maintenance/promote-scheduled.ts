import { failpoint } from '../core/failpoint.ts';
import { maxDelaySeconds } from '../messages/index.ts';
import { enqueueWaiting } from './enqueue-chunks.ts';
import type { EnqueueChunksDeps } from './enqueue-chunks.ts';
import type { Sweep } from './sweep.ts';

/** Queues messages that come due within so many seconds, for the moment at which they are due. */
const promoteAhead = (
  name: string,
  { aheadSeconds, everySeconds }: { aheadSeconds: number; everySeconds: number },
): Sweep<EnqueueChunksDeps> => ({
  name,
  ageSeconds: () => -aheadSeconds,
  range: 'new',
  everySeconds: () => everySeconds,
  accounts: ({ messages }) => messages.finders.length,
  async step(page, deps) {
    const step = await enqueueWaiting(page, ({ sendAt }) => sendAt !== undefined && sendAt > deps.now(), deps);
    failpoint('schedule.promoted');
    return step;
  },
});

/**
 * Promotes scheduled messages: a day before they are due those that were accepted earlier, because the queue holds
 * nothing back for longer; and all once more shortly before, in case a job was lost between storage and queue.
 */
export const promoteSweeps: readonly Sweep<EnqueueChunksDeps>[] = [
  promoteAhead('promote-scheduled', { aheadSeconds: maxDelaySeconds, everySeconds: 600 }),
  promoteAhead('promote-due-soon', { aheadSeconds: 900, everySeconds: 300 }),
];
