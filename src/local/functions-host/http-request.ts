import type { IncomingMessage } from 'node:http';

import type { HttpData } from './functions-core.ts';

/** The size of the largest request body that the host accepts, in bytes: the default of Azure's host (100 MB). */
export const maxRequestBytes = 104_857_600;

/** The head of a request. */
export interface InboundRequest {
  method: string;
  url: URL;
  /** The path's segments, decoded except for %2F. */
  path: string[];
  /** By names in lower case; the values of a repeated header are joined by commas. */
  headers: Record<string, string>;
}

/**
 * Reads the head of a request.
 *
 * @returns undefined if the request line and the Host header make no valid URL
 */
export function readHead(request: IncomingMessage): InboundRequest | undefined {
  const target = request.url ?? '/';
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const address = target.startsWith('/') ? base + target : target;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const segments = url.pathname.slice(1).split('/');
  // A trailing slash makes no segment.
  if (segments.at(-1) === '') segments.pop();
  return {
    method: request.method ?? 'GET',
    url,
    path: segments.map(decodeSegment),
    headers: joinHeaders(request.rawHeaders),
  };
}

/** Decodes percent-encoded UTF-8. As Kestrel does, leaves an encoded slash and bytes that aren't UTF-8 as they are. */
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

/** Converts a request for the library, with its whole body. */
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

/** Joins the values of a repeated parameter by commas; names that differ only in case are the same. */
function joinQuery(query: URLSearchParams): Record<string, string> {
  const values = new Map<string, [name: string, value: string]>();
  for (const [name, value] of query) {
    const known = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), known === undefined ? [name, value] : [known[0], `${known[1]},${value}`]);
  }
  return Object.fromEntries(values.values());
}

/**
 * Reads a body that isn't streamed. Like Azure's host, reads it only if the request announces its length: for a chunked
 * body, the function gets an empty one.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (announcedLength(request) === 0) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Returns the Content-Length of a request in bytes; 0 if it has none. */
export function announcedLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
