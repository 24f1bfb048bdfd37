import type { AttachmentOutcome } from '../../conversations/index.ts';
import { whyNoAnswer } from '../call.ts';
import { readAttachment } from '../read-attachment.ts';
import { askCarrier } from './call-carrier.ts';
import type { CarrierSettings } from './call-carrier.ts';

/**
 * Fetches an attachment of at most `limit` bytes from the carrier. The outcomes are those of {@link readAttachment};
 * `retry` if no answer comes. Never rejects.
 */
export async function fetchAttachment(
  settings: CarrierSettings,
  reference: string,
  limit: number,
): Promise<AttachmentOutcome> {
  try {
    return await readAttachment(await askCarrier(settings, `/media/${encodeURIComponent(reference)}`), limit);
  } catch (error) {
    return { outcome: 'retry', reason: whyNoAnswer(error).message };
  }
}
