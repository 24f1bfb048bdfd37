import type { DlrDeps } from './deps.ts';
import type { CallbackEntry } from './callbacks.ts';

/** Seconds after which a job comes in any case, even if this process ends before it queues the immediate one. */
const guardSeconds = 60;

/**
 * Makes all given-up callbacks of a message due again, with the whole retry schedule. Resolves to their number.
 * Replaying twice calls at most twice.
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
