import type { CollectAttachmentsDeps } from './deps.ts';
import { attachmentRefusal } from './attachment-rules.ts';
import type { Attachment, InboundMessage } from './inbound-message.ts';
import type { AttachmentSource } from './ports.ts';

/** Seconds before each retry for attachments that a carrier doesn't deliver yet. The message waits for them. */
export const attachmentRetryDelays = [2, 10, 60] as const;

/**
 * Fetches a message's pending attachments from its carrier and stores them. An attachment that can't be fetched is
 * marked as failed, with a reason. One that can't be fetched yet stays pending while attempts are left.
 */
export async function collectAttachments(
  { carrier, attachments, attempts }: InboundMessage,
  deps: CollectAttachmentsDeps,
): Promise<Attachment[]> {
  const source = deps.attachments.sources.get(carrier);
  const isLast = attempts >= attachmentRetryDelays.length;
  const collected: Attachment[] = [];
  // One at a time, because each is held in memory.
  for (const attachment of attachments) {
    const isPending = attachment.state === 'pending';
    collected.push(isPending ? await collect(attachment, source, isLast, deps) : attachment);
  }
  return collected;
}

async function collect(
  attachment: Attachment,
  source: AttachmentSource | undefined,
  isLast: boolean,
  { attachments, now }: CollectAttachmentsDeps,
): Promise<Attachment> {
  const failed = (reason: string): Attachment => ({ ...attachment, state: 'failed', reason });
  const { id, reference, name, mimeType } = attachment;
  const refusal = attachmentRefusal(mimeType);
  if (refusal !== undefined) return failed(refusal);
  if (source === undefined) return failed('The carrier does not provide attachments.');
  const answer = await source.fetchAttachment(reference, attachments.maxBytes);
  if (answer.outcome === 'failed') return failed(answer.reason);
  if (answer.outcome === 'retry') return isLast ? failed(answer.reason) : attachment;
  const expiresAt = new Date(now().getTime() + attachments.hours * 3_600_000);
  await attachments.store.put(id, { bytes: answer.bytes, name, mimeType, expiresAt });
  return { ...attachment, state: 'stored' };
}
