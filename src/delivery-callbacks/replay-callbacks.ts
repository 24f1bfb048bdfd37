import type { DlrDeps } from './deps.ts';
import type { CallbackEntry } from './callbacks.ts';

/** Seconds after which a job comes that finds what is due again, should this process end before it queues one. */
const guardSeconds = 60;

/**
 * Makes the callbacks of a message that were given up due again, with the whole schedule. Resolves to how many there
 * were. Done twice, it calls twice at the most.
 */
export async function replayCallbacks(
  messageId: string,
  { dlr, now }: { dlr: Pick<DlrDeps, 'store' | 'queue'>; now: () => Date },
): Promise<number> {
  let count = 0;
  for (let { callbacks, version } of await dlr.store.listOf(messageId)) {
    const { chunk } = callbacks;
    for (;;) {
      const givenUp = callbacks.entries.filter(({ state }) => state === 'givenUp');
      if (givenUp.length === 0) break;
      await dlr.queue.enqueue({ messageId, chunk }, guardSeconds);
      const at = now();
      const entries = callbacks.entries.map((entry): CallbackEntry =>
        entry.state === 'givenUp' ? { ...entry, state: 'waiting', since: at, attempts: 0 } : entry,
      );
      if ((await dlr.store.write({ ...callbacks, entries, changedAt: at }, version)) !== 'conflict') {
        await dlr.queue.enqueue({ messageId, chunk });
        count += givenUp.length;
        break;
      }
      const again = await dlr.store.read(messageId, chunk);
      if (again === undefined) break;
      ({ callbacks, version } = again);
    }
  }
  return count;
}
