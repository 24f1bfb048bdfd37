import { failpoint } from '../core/failpoint.ts';
import { maxDelaySeconds } from '../messages/index.ts';
import { enqueueWaiting } from './enqueue-chunks.ts';
import type { EnqueueChunksDeps } from './enqueue-chunks.ts';
import type { Sweep } from './sweep.ts';

/** Queues messages that come due within `aheadSeconds`, each delayed until it is due. */
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
 * Queue scheduled messages before they are due. A day before, those that were accepted earlier, because the queue holds
 * nothing back for longer. Shortly before, all of them once more, in case a job was lost between storage and queue.
 */
export const promoteSweeps: readonly Sweep<EnqueueChunksDeps>[] = [
  promoteAhead('promote-scheduled', { aheadSeconds: maxDelaySeconds, everySeconds: 600 }),
  promoteAhead('promote-due-soon', { aheadSeconds: 900, everySeconds: 300 }),
];
