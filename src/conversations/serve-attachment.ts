import { apiError, errorBody } from '../operation/errors.ts';
import type { AttachmentStore, StoredAttachment } from './ports.ts';

/** The answer to a request for an attachment, assignable to `HttpResponseInit` of @azure/functions. */
export interface AttachmentAnswer {
  status: 200 | 404;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Answers a request for an attachment. It needs no token: only those we gave the address to know the id. A malformed,
 * an unknown and an expired id get the same answer, so that it reveals nothing.
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

/** Caches must not store the answer, and browsers must not guess another type. */
const commonHeaders = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, no-store' };

function notFound(): AttachmentAnswer {
  const body = new TextEncoder().encode(JSON.stringify(errorBody(apiError('AttachmentNotFound'))));
  return {
    status: 404,
    headers: { ...commonHeaders, 'Content-Type': 'application/json', 'Content-Length': String(body.byteLength) },
    body,
  };
}

/**
 * Returns the carrier's type, which may be any text, if it is `type/subtype` with plain parameters; otherwise a generic
 * one.
 */
function contentType({ mimeType }: StoredAttachment): string {
  return /^[\w.+-]+\/[\w.+-]+(?: *; *[\w.+-]+=(?:[\w.+-]+|"[\w.+ -]*"))*$/.test(mimeType)
    ? mimeType
    : 'application/octet-stream';
}

/**
 * Returns the header that makes a browser save a file under its name (RFC 6266): in ASCII for old browsers, and in
 * UTF-8 (RFC 8187). The phone chose the name, so it must not end the header, name a folder, or change the writing
 * direction, which would hide the file's real extension.
 */
function contentDisposition(name: string): string {
  const safe = name
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '')
    .replaceAll(/[/\\]/g, '_')
    .trim();
  const shown = safe === '' ? 'attachment' : safe;
  // The percent sign is replaced too, because some browsers decode what follows it.
  const fallback = shown.replaceAll(/[^\x20-\x7e]|["%]/gu, '_');
  const encoded = encodeURIComponent(shown).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${fallback}"; filename*=UTF-8''${encoded}`;
}
