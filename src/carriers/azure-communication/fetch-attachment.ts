import type { AttachmentOutcome } from '../../conversations/index.ts';
import { readBody } from '../../operation/read-body.ts';
import { whyNoAnswer } from '../call.ts';
import { askCarrier, messagesVersion, TokenUnavailable } from './call-carrier.ts';
import type { Resource } from './call-carrier.ts';

/** The carrier has no such attachment, or has it no more. */
const gone = new Set([404, 410]);

/** A content type without its parameters. */
const bareType = (contentType: string | null): string => contentType?.split(';')[0]?.trim() ?? '';

/**
 * Asks the carrier for an attachment of at most `limit` bytes; reads no further than that. Everything but an attachment
 * that is gone or too large is worth another try: what is wrong then is mended by time, or by an operator. Never rejects.
 *
 * @param reference the carrier's id of the medium
 */
export async function fetchAttachment(
  resource: Resource,
  reference: string,
  limit: number,
): Promise<AttachmentOutcome> {
  const path = `/messages/streams/${encodeURIComponent(reference)}?api-version=${messagesVersion}`;
  try {
    const response = await askCarrier(resource, `${resource.endpoint}${path}`);
    const { status, headers } = response;
    if (status !== 200) {
      dropBody(response);
      return { outcome: gone.has(status) ? 'failed' : 'retry', reason: `The carrier answered ${status}.` };
    }
    const bytes = await readBody(response, limit);
    if (bytes === 'tooLarge') {
      dropBody(response);
      return { outcome: 'failed', reason: `The attachment is larger than ${limit} bytes.` };
    }
    return { outcome: 'fetched', bytes, mimeType: bareType(headers.get('content-type')) || 'application/octet-stream' };
  } catch (error) {
    return { outcome: 'retry', reason: error instanceof TokenUnavailable ? error.message : whyNoAnswer(error).message };
  }
}

/** Lets go of what is not read, so that the connection doesn't wait for it; a connection that is broken already is fine. */
function dropBody(response: Response): void {
  response.body?.cancel().catch(() => {});
}
