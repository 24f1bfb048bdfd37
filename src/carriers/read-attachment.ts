import type { AttachmentOutcome } from '../conversations/index.ts';
import { readBody } from '../core/read-body.ts';

/** Answers by which a carrier says that it has no such attachment, or has it no more. */
export const goneStatuses: ReadonlySet<number> = new Set([404, 410]);

/**
 * Reads an attachment of at most `limit` bytes from a carrier's answer, and no further than that. Everything but one that
 * is gone or too large is worth another try: what is wrong then is mended by time, or by an operator. Rejects where the
 * connection breaks.
 */
export async function readAttachment(response: Response, limit: number): Promise<AttachmentOutcome> {
  const { status } = response;
  if (status === 200) return readBytes(response, limit);
  dropBody(response);
  return { outcome: goneStatuses.has(status) ? 'failed' : 'retry', reason: `The carrier answered ${status}.` };
}

/** Reads the bytes of an answer that has them, whose type is that of the answer unless it is known better. */
export async function readBytes(response: Response, limit: number, knownType?: string): Promise<AttachmentOutcome> {
  const bytes = await readBody(response, limit);
  if (bytes === 'tooLarge') {
    dropBody(response);
    return tooLarge(limit);
  }
  const type = (knownType ?? response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim();
  return { outcome: 'fetched', bytes, mimeType: type || 'application/octet-stream' };
}

/** What an attachment comes to of more than `limit` bytes. */
export function tooLarge(limit: number): AttachmentOutcome {
  return { outcome: 'failed', reason: `The attachment is larger than ${limit} bytes.` };
}

/** Lets go of what is not read, so that the connection doesn't wait for it; a connection that is broken already is fine. */
export function dropBody(response: Response): void {
  response.body?.cancel().catch(() => {});
}
