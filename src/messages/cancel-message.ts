import { failpoint } from '../core/failpoint.ts';
import { endWaiting } from './deliver/claim-chunk.ts';
import { isMessageId } from './message-id.ts';
import type { StatusNote } from './message.ts';
import type { FinalRecipient } from './ports.ts';
import { recordFinalStatus } from './reports/record-final-status.ts';
import { awaitsSending } from './status.ts';
import type { CancelDeps } from './deps.ts';

const canceledNote: StatusNote = {
  code: 'Canceled',
  message: 'The message was canceled before it was due.',
  reason: 'canceled',
};

/**
 * The result of a cancellation.
 *
 * - `missing`: there is no such message.
 * - `notScheduled`: the message was to be sent at once.
 * - `done`: `canceled` recipients will not get the message; for `kept` recipients it was too late.
 */
export type CancelResult =
  | { outcome: 'missing' | 'notScheduled' }
  | { outcome: 'done'; canceled: number; kept: number };

/**
 * Cancels a scheduled message for all recipients to whom no worker has begun to send it.
 *
 * A call that failed half-way can be repeated: it counts recipients that were cancelled before, and records their final
 * status once more.
 */
export async function cancelMessage(messageId: string, deps: CancelDeps): Promise<CancelResult> {
  const message = isMessageId(messageId) ? await deps.messages.store.readMessage(messageId) : undefined;
  if (message === undefined) return { outcome: 'missing' };
  if (message.header.sendAt === undefined) return { outcome: 'notScheduled' };
  let canceled = 0;
  let kept = 0;
  for (const { index, recipients } of message.chunks) {
    const ended = await cancelChunk(messageId, index, deps);
    canceled += ended;
    kept += recipients.length - ended;
  }
  return { outcome: 'done', canceled, kept };
}

/** Cancels one chunk. Resolves to how many of its recipients are cancelled, by this call or an earlier one. */
async function cancelChunk(messageId: string, index: number, deps: CancelDeps): Promise<number> {
  const { messages, now } = deps;
  for (;;) {
    const found = await messages.store.readChunk(messageId, index);
    if (found === undefined) return 0;
    const { chunk } = found;
    const isOpen = chunk.attempts === 0 && chunk.statuses.some(awaitsSending);
    const progress = isOpen ? endWaiting(chunk, { status: 'canceled', note: canceledNote }, now()) : chunk;
    if (isOpen && (await messages.store.updateChunk(found, progress)) === 'conflict') continue;
    failpoint('cancel.recorded');
    const canceled = progress.statuses.flatMap((status, recipientIndex): FinalRecipient[] =>
      status === 'canceled'
        ? [{ messageId, chunk: index, recipientIndex, status, code: canceledNote.code, at: progress.updatedAt }]
        : [],
    );
    await recordFinalStatus(canceled, deps);
    return canceled.length;
  }
}
