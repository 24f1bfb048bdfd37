import { headerKindOf, type Template } from '../../templates/index.ts';
import { callCarrier } from '../call.ts';
import type { CarrierDeps } from '../carrier.ts';
import { failureOfAnswer, graphUrl } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { textOf } from '../fields.ts';

/** The result of an upload: Meta's handle of the example, or the reason why there is none. */
export type UploadOutcome =
  | { outcome: 'uploaded'; handle: string }
  | { outcome: 'refused' | 'unavailable'; reason: string };

/** Media types that can be uploaded (Graph API, "Resumable Upload API"), by file extension. */
const types = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['mp4', 'video/mp4'],
  ['pdf', 'application/pdf'],
]);

/** The maximum size of an example in bytes: WhatsApp's limits (Cloud API, "Media"); for documents, to save memory. */
const limits = { image: 5_000_000, video: 16_000_000, document: 16_000_000 } as const;

const refused = (reason: string): UploadOutcome => ({ outcome: 'refused', reason });

/**
 * Fetches the example of the medium in a template's header, and uploads it to Meta. A caller gave the address, so only
 * `fetchPublic` may fetch it, which never calls into private networks. Rejects if Meta doesn't answer.
 */
export async function uploadExample(
  graph: Graph,
  template: Template,
  fetchPublic: CarrierDeps['fetchPublic'],
): Promise<UploadOutcome> {
  const { attachmentUrl = '' } = template;
  const kind = headerKindOf(template);
  if (graph.appId === undefined) {
    return refused(
      'WhatsApp requires an example of the attachment, which can be uploaded only if WHATSAPP_CLOUD_APP_ID is set',
    );
  }
  if (kind === 'none' || kind === 'text') return refused('the template has no attachment');
  const path = URL.parse(attachmentUrl)?.pathname ?? '';
  const type = types.get(/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '');
  if (type === undefined) return refused('WhatsApp accepts only .jpg, .png, .mp4 and .pdf files as examples');
  const fetched = await fetchPublic(attachmentUrl, limits[kind]);
  if (fetched.outcome === 'failed') return refused(`the AttachmentUrl can't be fetched: ${fetched.reason}`);
  if (fetched.outcome === 'retry') return { outcome: 'unavailable', reason: fetched.reason };
  return upload(graph, graph.appId, { bytes: fetched.bytes, type });
}

async function upload(graph: Graph, appId: string, file: { bytes: Uint8Array; type: string }): Promise<UploadOutcome> {
  const { bytes, type } = file;
  const authorization = `OAuth ${graph.token}`;
  const query = new URLSearchParams({ file_length: String(bytes.byteLength), file_type: type });
  const start = await callCarrier(graph, `${graphUrl(graph, `${appId}/uploads`)}?${query.toString()}`, {
    method: 'POST',
    headers: { authorization },
  });
  const session = textOf(start.fields['id']);
  // The id becomes part of an address, which must remain the address of an upload.
  if (start.status >= 300 || session === undefined || !/^upload:[\w:.=?&%~+-]+$/.test(session)) {
    return { outcome: 'unavailable', reason: failureOfAnswer(start, graph.now).message };
  }
  const end = await callCarrier(graph, graphUrl(graph, session), {
    method: 'POST',
    headers: { authorization, file_offset: '0', 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  const handle = textOf(end.fields['h']);
  if (end.status >= 300 || handle === undefined) {
    return { outcome: 'unavailable', reason: failureOfAnswer(end, graph.now).message };
  }
  return { outcome: 'uploaded', handle };
}
