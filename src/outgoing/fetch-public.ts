import type { AttachmentOutcome } from '../conversations/index.ts';
import type { GuardedClient } from './guarded-client.ts';

/** Answers after which asking again makes sense. */
const isTemporary = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/**
 * Makes what fetches a file from an address that a caller gave, through a guarded client: never from within a private
 * network. At most `limit` bytes. Never rejects.
 */
export function createPublicFetcher(client: GuardedClient): (url: string, limit: number) => Promise<AttachmentOutcome> {
  return async (url, limit) => {
    const answer = await client.request({ url, method: 'GET', bodyLimit: limit });
    if (answer.outcome === 'refused') return { outcome: 'failed', reason: answer.reason };
    if (answer.outcome === 'failed') return { outcome: 'retry', reason: answer.reason };
    const { status, content } = answer;
    if (status !== 200 || content === undefined) {
      return { outcome: isTemporary(status) ? 'retry' : 'failed', reason: `The host answered ${status}.` };
    }
    const { bytes, contentType = '' } = content;
    if (bytes === 'tooLarge') return { outcome: 'failed', reason: `The file is larger than ${limit} bytes.` };
    const mimeType = contentType.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream';
    return { outcome: 'fetched', bytes, mimeType };
  };
}
