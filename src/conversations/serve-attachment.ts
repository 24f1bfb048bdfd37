import { apiError, errorBody } from '../operation/errors.ts';
import type { AttachmentStore, StoredAttachment } from './ports.ts';

/** The answer to a request for an attachment; `HttpResponseInit` of @azure/functions is one. */
export interface AttachmentAnswer {
  status: 200 | 404;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Answers a request for an attachment, which needs no token: who knows its id was told its address. An id that is
 * malformed, unknown or expired gets the same answer, so that nothing is learned from it.
 */
export async function serveAttachment(
  id: string,
  { attachments, now }: { attachments: AttachmentStore; now: () => Date },
): Promise<AttachmentAnswer> {
  const found = /^[0-9a-f]{32}$/.test(id) ? await attachments.read(id) : undefined;
  if (found === undefined || !(found.expiresAt > now())) return notFound();
  return {
    status: 200,
    headers: {
      ...commonHeaders,
      'Content-Type': contentType(found),
      'Content-Length': String(found.bytes.byteLength),
      'Content-Disposition': contentDisposition(found.name),
    },
    body: new Uint8Array(found.bytes),
  };
}

/** Nobody but the one who asked may keep it, nor may a browser take it for something else. */
const commonHeaders = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, no-store' };

function notFound(): AttachmentAnswer {
  const body = new TextEncoder().encode(JSON.stringify(errorBody(apiError('AttachmentNotFound'))));
  return {
    status: 404,
    headers: { ...commonHeaders, 'Content-Type': 'application/json', 'Content-Length': String(body.byteLength) },
    body,
  };
}

/** A carrier's word, which may be anything; what isn't `type/subtype` with plain parameters is only bytes. */
function contentType({ mimeType }: StoredAttachment): string {
  return /^[\w.+-]+\/[\w.+-]+(?: *; *[\w.+-]+=(?:[\w.+-]+|"[\w.+ -]*"))*$/.test(mimeType)
    ? mimeType
    : 'application/octet-stream';
}

/**
 * The header that makes a browser save a file under its name (RFC 6266): in ASCII for old ones, and in UTF-8 (RFC 8187).
 * A name is whatever a phone sent, so nothing in it may end the header, name a folder, or turn the direction of writing,
 * which would hide a file's true ending.
 */
function contentDisposition(name: string): string {
  const safe = name
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '')
    .replaceAll(/[/\\]/g, '_')
    .trim();
  const shown = safe === '' ? 'attachment' : safe;
  // A percent sign is left out too: some browsers decode what follows one.
  const fallback = shown.replaceAll(/[^\x20-\x7e]|["%]/gu, '_');
  const encoded = encodeURIComponent(shown).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${fallback}"; filename*=UTF-8''${encoded}`;
}
