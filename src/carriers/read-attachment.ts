import type { AttachmentOutcome } from '../conversations/index.ts';
import { readBody } from '../core/read-body.ts';

/** Statuses with which a carrier says that it doesn't have the attachment, or no longer has it. */
export const goneStatuses: ReadonlySet<number> = new Set([404, 410]);

/**
 * Reads an attachment of at most `limit` bytes from a carrier's answer, and stops reading there. Only an attachment
 * that is gone or too large is `failed`. After any other answer the outcome is `retry`, since the fault may pass or an
 * operator may fix it. Rejects if the connection breaks.
 */
export async function readAttachment(response: Response, limit: number): Promise<AttachmentOutcome> {
  const { status } = response;
  if (status === 200) return readBytes(response, limit);
  dropBody(response);
  return { outcome: goneStatuses.has(status) ? 'failed' : 'retry', reason: `The carrier answered ${status}.` };
}

/**
 * Reads the bytes of a successful answer.
 *
 * @param limit the maximum number of bytes
 * @param knownType the content type; default: that of the answer
 */
export async function readBytes(response: Response, limit: number, knownType?: string): Promise<AttachmentOutcome> {
  const bytes = await readBody(response, limit);
  if (bytes === 'tooLarge') {
    dropBody(response);
    return tooLarge(limit);
  }
  const type = (knownType ?? response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim();
  return { outcome: 'fetched', bytes, mimeType: type || 'application/octet-stream' };
}

/** The outcome for an attachment of more than `limit` bytes. */
export function tooLarge(limit: number): AttachmentOutcome {
  return { outcome: 'failed', reason: `The attachment is larger than ${limit} bytes.` };
}

/** Cancels an unread body, so that the connection doesn't wait for it. A broken connection is not an error here. */
export function dropBody(response: Response): void {
  response.body?.cancel().catch(() => {});
}
