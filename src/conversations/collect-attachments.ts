import { attachmentRefusal } from './attachment-rules.ts';
import type { Attachment, InboundMessage } from './inbound-message.ts';
import type { AttachmentSource, AttachmentStore } from './ports.ts';

/** Seconds before each further attempt at attachments that a carrier doesn't hand over; the message waits as long. */
export const attachmentRetryDelays = [2, 10, 60] as const;

/** What fetching attachments works with. */
export interface AttachmentsDeps {
  /** Where attachments come from, by the carrier's name. */
  attachmentSources: ReadonlyMap<string, AttachmentSource>;
  attachments: AttachmentStore;
  /** The largest attachment that is kept, in bytes. */
  attachmentLimit: number;
  /** How long an attachment's address is good for. */
  attachmentHours: number;
  now: () => Date;
}

/**
 * Fetches a message's attachments from its carrier and keeps them, those that are pending. What can't be had is marked
 * as failed, with a reason; what can't be had yet stays pending while attempts are left.
 */
export async function collectAttachments(
  { carrier, attachments, attempts }: InboundMessage,
  deps: AttachmentsDeps,
): Promise<Attachment[]> {
  const source = deps.attachmentSources.get(carrier);
  const isLast = attempts >= attachmentRetryDelays.length;
  const collected: Attachment[] = [];
  // One after the other, since each is held in memory.
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
  { attachments, attachmentLimit, attachmentHours, now }: AttachmentsDeps,
): Promise<Attachment> {
  const failed = (reason: string): Attachment => ({ ...attachment, state: 'failed', reason });
  const { id, reference, name, mimeType } = attachment;
  const refusal = attachmentRefusal(mimeType);
  if (refusal !== undefined) return failed(refusal);
  if (source === undefined) return failed('the carrier hands out no attachments');
  const answer = await source.fetchAttachment(reference, attachmentLimit);
  if (answer.outcome === 'failed') return failed(answer.reason);
  if (answer.outcome === 'retry') return isLast ? failed(answer.reason) : attachment;
  const expiresAt = new Date(now().getTime() + attachmentHours * 3_600_000);
  await attachments.put(id, { bytes: answer.bytes, name, mimeType, expiresAt });
  return { ...attachment, state: 'stored' };
}
