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
 * Gives a chunk up whose queue message failed too often: recipients that still wait end as failed, with a reason, so
 * that an operator sees them; as unknown where an attempt was begun whose outcome nobody recorded. Resolves to how many
 * there were.
 */
export async function giveUpChunk(job: OutboundJob, deps: DeliverDeps): Promise<number> {
  const { messages, now } = deps;
  for (;;) {
    const found = await messages.store.readChunk(job.messageId, job.chunk);
    if (found === undefined) return 0;
    const { chunk } = found;
    const waiting = waitingRecipients(chunk).length;
    if (waiting === 0) return 0;
    // A worker has it, and this is only a copy of its message.
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
