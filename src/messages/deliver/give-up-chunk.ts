import { attemptInDoubt, endWaiting, recipientsInDoubt, waitingRecipients } from './claim-chunk.ts';
import { followUpAttempt } from '../reports/follow-up.ts';
import { withProgress } from '../message.ts';
import type { StatusNote } from '../message.ts';
import type { OutboundJob } from '../ports.ts';
import { waitsForLease } from './send-chunk.ts';
import type { DeliverDeps } from '../deps.ts';

const processingFailed: StatusNote = {
  code: 'ProcessingFailed',
  message: 'Sending failed too often on our side.',
  reason: 'ownFailure',
};

/**
 * Gives up a chunk whose queue message failed too often. Recipients that still wait end as failed, with a reason, so
 * that an operator sees them; those in doubt end as unknown. Resolves to how many recipients were waiting.
 */
export async function giveUpChunk(job: OutboundJob, deps: DeliverDeps): Promise<number> {
  const { messages, now } = deps;
  for (;;) {
    const found = await messages.store.readChunk(job.messageId, job.chunk);
    if (found === undefined) return 0;
    const { chunk } = found;
    const waiting = waitingRecipients(chunk).length;
    if (waiting === 0) return 0;
    // A worker has the chunk in flight; this queue message is only a copy.
    if (await waitsForLease(job, chunk, deps)) return 0;
    const inDoubt = endWaiting(
      chunk,
      { status: 'unknown', note: attemptInDoubt, recipientIndexes: recipientsInDoubt(chunk) },
      now(),
    );
    const progress = endWaiting(withProgress(chunk, inDoubt), { status: 'failed', note: processingFailed }, now());
    await followUpAttempt(chunk, withProgress(chunk, progress), deps);
    if ((await messages.store.updateChunk(found, progress)) !== 'conflict') return waiting;
  }
}
