import type { AttachmentOutcome } from '../conversations/index.ts';
import type { GuardedClient } from './guarded-client.ts';

/** Whether another attempt makes sense after an answer with this status. */
const isTemporary = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/**
 * Creates a function that fetches a file of at most `limit` bytes from an address that a caller gave. It calls through
 * a guarded client, so it never reads from a private network. The function never rejects.
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
