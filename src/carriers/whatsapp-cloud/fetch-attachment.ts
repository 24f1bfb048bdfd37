import type { AttachmentOutcome } from '../../conversations/index.ts';
import { whyNoAnswer } from '../call.ts';
import { dropBody, goneStatuses, readBytes, tooLarge } from '../read-attachment.ts';
import { askForBytes, askGraph } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { textOf } from '../fields.ts';
import { readGraphError, wordsOf } from './graph-error.ts';

/** Where Meta keeps media. The token goes there, so it goes nowhere else. */
const mediaHosts = ['fbsbx.com', 'fbcdn.net', 'facebook.com', 'whatsapp.net'];

/** Whether an address is one of Meta's, or of the API as the settings have it. */
function isMediaAddress(address: string, { url }: Pick<Graph, 'url'>): boolean {
  const parsed = URL.parse(address);
  if (parsed === null) return false;
  if (parsed.origin === URL.parse(url)?.origin) return true;
  return parsed.protocol === 'https:' && mediaHosts.some((host) => `.${parsed.hostname}`.endsWith(`.${host}`));
}

const failed = (reason: string): AttachmentOutcome => ({ outcome: 'failed', reason });
const retry = (reason: string): AttachmentOutcome => ({ outcome: 'retry', reason });

/**
 * Asks Meta where a medium is, and fetches it from there; reads no more than `limit` bytes. The address is good for five
 * minutes, so it is asked for each time, and one that leads nowhere is worth another try. Everything but a medium that
 * is gone or too large is. Never rejects.
 */
export async function fetchAttachment(graph: Graph, reference: string, limit: number): Promise<AttachmentOutcome> {
  // It becomes a part of an address, which must stay the address of a medium.
  if (!/^[\w-]+$/.test(reference)) return failed('WhatsApp gave no id of the attachment.');
  try {
    const answer = await askGraph(graph, reference);
    if (answer.status !== 200) return outcomeOfRefusal(answer);
    const { url, mime_type: mimeType, file_size: size } = answer.fields;
    if (typeof size === 'number' && size > limit) return tooLarge(limit);
    if (typeof url !== 'string' || !isMediaAddress(url, graph)) {
      return retry('WhatsApp gave no address of its own for the attachment.');
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
  // An id that Meta does not know, or not any more, is an invalid parameter to it.
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
    return retry(`The carrier answered ${response.status} where the attachment should be.`);
  }
  return readBytes(response, limit, mimeType);
}
