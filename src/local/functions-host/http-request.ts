import type { IncomingMessage } from 'node:http';

import type { HttpData } from './functions-core.ts';

/** The largest request body that the host takes, in bytes: the default of Azure's host (100 MB). */
export const maxRequestBytes = 104_857_600;

/** A request without its body, as the host works with it. */
export interface InboundRequest {
  method: string;
  url: URL;
  /** The path's segments, decoded except for %2F. */
  path: string[];
  /** Names in lower case, the values of a repeated header joined by commas. */
  headers: Record<string, string>;
}

/**
 * Reads the head of a request.
 *
 * @returns undefined where the request line or the Host header makes no URL
 */
export function readHead(request: IncomingMessage): InboundRequest | undefined {
  const target = request.url ?? '/';
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const address = target.startsWith('/') ? base + target : target;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const segments = url.pathname.slice(1).split('/');
  // A slash at the end makes no segment.
  if (segments.at(-1) === '') segments.pop();
  return {
    method: request.method ?? 'GET',
    url,
    path: segments.map(decodeSegment),
    headers: joinHeaders(request.rawHeaders),
  };
}

/** Decodes percent-encoded UTF-8, but leaves what isn't UTF-8 and an encoded slash as they are, as Kestrel does. */
function decodeSegment(segment: string): string {
  return segment.replaceAll(/(?:%(?!2f)[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return headers;
}

/** The request as the library takes it when the whole body comes with it. */
export function toHttpData(
  head: InboundRequest,
  parameters: Record<string, string>,
  body: Buffer | undefined,
): HttpData {
  return {
    method: head.method,
    url: head.url.href,
    nullableHeaders: toNullable(head.headers),
    nullableQuery: toNullable(joinQuery(head.url.searchParams)),
    nullableParams: toNullable(parameters),
    ...(body === undefined ? {} : { body: { bytes: body } }),
  };
}

function toNullable(values: Record<string, string>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** One value per name: those of a repeated parameter joined by commas; names differ by more than their case. */
function joinQuery(query: URLSearchParams): Record<string, string> {
  const values = new Map<string, [name: string, value: string]>();
  for (const [name, value] of query) {
    const known = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), known === undefined ? [name, value] : [known[0], `${known[1]},${value}`]);
  }
  return Object.fromEntries(values.values());
}

/**
 * Reads the body the way the host does where it isn't streamed: only if its length is announced. A chunked body is
 * left unread, so that the function gets an empty one.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (announcedLength(request) === 0) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The Content-Length of a request in bytes, 0 where there is none. */
export function announcedLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
