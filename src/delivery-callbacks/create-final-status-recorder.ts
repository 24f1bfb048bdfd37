import type { DlrDeps } from './deps.ts';
import type { FinalRecipient, FinalStatusRecorder } from '../messages/index.ts';
import { eachOf } from '../core/concurrency.ts';
import { encodeEntry } from './callback-job.ts';
import type { FinalStatus } from './callbacks.ts';
import type { CallbackJob } from './ports.ts';

/** Max statuses in one job, and max bytes for them: a queue message has room for 48 KiB before it is encoded. */
const jobEntries = 100;
const jobBytes = 40_000;

/** Max characters of a code: a carrier's code can be any text. */
const codeCharacters = 200;

/** Jobs written at the same time. */
const enqueueWidth = 16;

/**
 * Queues callbacks: one job for each chunk, with the final statuses of its recipients; more jobs if they don't fit in
 * one. It reads nothing: the worker ensures that each callback is made once.
 */
export function createFinalStatusRecorder({ dlr }: { dlr: Pick<DlrDeps, 'queue'> }): FinalStatusRecorder {
  return {
    async record(statuses) {
      const jobs = [...Map.groupBy(statuses, ({ messageId, chunk }) => `${messageId}/${chunk}`).values()].flatMap(
        jobsOf,
      );
      await eachOf(jobs, enqueueWidth, (job) => dlr.queue.enqueue(job));
    },
  };
}

function jobsOf(statuses: readonly FinalRecipient[]): CallbackJob[] {
  const jobs: { entries: FinalStatus[]; bytes: number; messageId: string; chunk: number }[] = [];
  for (const { messageId, chunk, recipientIndex, status, code, at } of statuses) {
    const entry = {
      recipientIndex,
      status,
      ...(code === undefined ? {} : { code: code.slice(0, codeCharacters) }),
      at,
    };
    const bytes = Buffer.byteLength(JSON.stringify(encodeEntry(entry))) + 1;
    const last = jobs.at(-1);
    if (last === undefined || last.entries.length === jobEntries || last.bytes + bytes > jobBytes) {
      jobs.push({ messageId, chunk, entries: [entry], bytes });
    } else {
      last.entries.push(entry);
      last.bytes += bytes;
    }
  }
  return jobs.map(({ messageId, chunk, entries }) => ({ messageId, chunk, entries }));
}
