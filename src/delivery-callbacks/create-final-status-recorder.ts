import type { DlrDeps } from './deps.ts';
import type { FinalRecipient, FinalStatusRecorder } from '../messages/index.ts';
import { eachOf } from '../core/concurrency.ts';
import { encodeEntry } from './callback-job.ts';
import type { FinalStatus } from './callbacks.ts';
import type { CallbackJob } from './ports.ts';

/** Statuses in one job, and the bytes they may take in it: a queue message holds 48 KiB before it is encoded. */
const jobEntries = 100;
const jobBytes = 40_000;

/** Characters of a code: that of a carrier may be anything. */
const codeCharacters = 200;

/** Jobs written at the same time. */
const enqueueWidth = 16;

/**
 * Queues callbacks: one job for each chunk, which carries what became of its recipients. That a callback is made once is
 * for the worker to see to, so nothing is read here.
 */
export function createFinalStatusRecorder({ dlr }: { dlr: Pick<DlrDeps, 'queue'> }): FinalStatusRecorder {
  return {
    async record(settled) {
      const jobs = [...Map.groupBy(settled, ({ messageId, chunk }) => `${messageId}/${chunk}`).values()].flatMap(
        jobsOf,
      );
      await eachOf(jobs, enqueueWidth, (job) => dlr.queue.enqueue(job));
    },
  };
}

function jobsOf(settled: readonly FinalRecipient[]): CallbackJob[] {
  const lots: { entries: FinalStatus[]; bytes: number; messageId: string; chunk: number }[] = [];
  for (const { messageId, chunk, recipientIndex, status, code, at } of settled) {
    const entry = {
      recipientIndex,
      status,
      ...(code === undefined ? {} : { code: code.slice(0, codeCharacters) }),
      at,
    };
    const bytes = Buffer.byteLength(JSON.stringify(encodeEntry(entry))) + 1;
    const last = lots.at(-1);
    if (last === undefined || last.entries.length === jobEntries || last.bytes + bytes > jobBytes) {
      lots.push({ messageId, chunk, entries: [entry], bytes });
    } else {
      last.entries.push(entry);
      last.bytes += bytes;
    }
  }
  return lots.map(({ messageId, chunk, entries }) => ({ messageId, chunk, entries }));
}
