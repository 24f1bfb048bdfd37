import type { AttachmentOutcome } from '../../conversations/index.ts';
import { whyNoAnswer } from '../call.ts';
import { readAttachment } from '../read-attachment.ts';
import { askCarrier, messagesVersion, TokenUnavailable } from './call-carrier.ts';
import type { Resource } from './call-carrier.ts';

/**
 * Fetches an attachment of at most `limit` bytes from the carrier. The outcomes are those of {@link readAttachment};
 * `retry` if no answer comes. Never rejects.
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
    return await readAttachment(await askCarrier(resource, `${resource.endpoint}${path}`), limit);
  } catch (error) {
    return { outcome: 'retry', reason: error instanceof TokenUnavailable ? error.message : whyNoAnswer(error).message };
  }
}
