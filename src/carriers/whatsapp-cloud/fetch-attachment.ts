import type { AttachmentOutcome } from '../../conversations/index.ts';
import { whyNoAnswer } from '../call.ts';
import { dropBody, goneStatuses, readBytes, tooLarge } from '../read-attachment.ts';
import { askForBytes, askGraph } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { textOf } from '../fields.ts';
import { readGraphError, wordsOf } from './graph-error.ts';

/** Meta's hosts for media. Calls carry the token, so no other host may be called. */
const mediaHosts = ['fbsbx.com', 'fbcdn.net', 'facebook.com', 'whatsapp.net'];

/** Whether an address is on one of Meta's hosts, or at the API's address in the settings. */
function isMediaAddress(address: string, { url }: Pick<Graph, 'url'>): boolean {
  const parsed = URL.parse(address);
  if (parsed === null) return false;
  if (parsed.origin === URL.parse(url)?.origin) return true;
  return parsed.protocol === 'https:' && mediaHosts.some((host) => `.${parsed.hostname}`.endsWith(`.${host}`));
}

const failed = (reason: string): AttachmentOutcome => ({ outcome: 'failed', reason });
const retry = (reason: string): AttachmentOutcome => ({ outcome: 'retry', reason });

/**
 * Fetches a medium of at most `limit` bytes: asks Meta for its address, then downloads it from there. An address is
 * valid for five minutes, so each call asks for a new one. Only a medium that is gone or too large, or a malformed
 * reference, is `failed`; any other failure is `retry`, also that of a download. Never rejects.
 */
export async function fetchAttachment(graph: Graph, reference: string, limit: number): Promise<AttachmentOutcome> {
  // The reference becomes part of an address, which must remain the address of a medium.
  if (!/^[\w-]+$/.test(reference)) return failed('WhatsApp gave no valid id for the attachment.');
  try {
    const answer = await askGraph(graph, reference);
    if (answer.status !== 200) return outcomeOfRefusal(answer);
    const { url, mime_type: mimeType, file_size: size } = answer.fields;
    if (typeof size === 'number' && size > limit) return tooLarge(limit);
    if (typeof url !== 'string' || !isMediaAddress(url, graph)) {
      return retry('WhatsApp gave no address at Meta for the attachment.');
    }
    return await fetchBytes(graph, url, { limit, mimeType: textOf(mimeType) });
  } catch (error) {
    return retry(whyNoAnswer(error).message);
  }
}

function outcomeOfRefusal({
  status,
  fields,
}: {
  status: number;
  fields: Readonly<Record<string, unknown>>;
}): AttachmentOutcome {
  const { error } = fields;
  const words = wordsOf(error);
  const reason = `The carrier answered ${status}${words === '' ? '.' : `: ${words}`}`;
  // For Meta, an id that it doesn't know (any longer) is an invalid parameter.
  const isUnknown = status === 400 && readGraphError(error)?.code === 100;
  return isUnknown || goneStatuses.has(status) ? failed(reason) : retry(reason);
}

async function fetchBytes(
  graph: Graph,
  url: string,
  { limit, mimeType }: { limit: number; mimeType: string | undefined },
): Promise<AttachmentOutcome> {
  const response = await askForBytes(graph, url);
  if (response.status !== 200) {
    dropBody(response);
    return retry(`The carrier answered ${response.status} instead of the attachment.`);
  }
  return readBytes(response, limit, mimeType);
}
