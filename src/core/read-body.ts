import type { ReadableStream } from 'node:stream/web';

/** The part of an HTTP request that reading its body needs; `HttpRequest` of @azure/functions has it. */
export interface BodySource {
  headers: { get(name: string): string | null };
  body: ReadableStream | AsyncIterable<Uint8Array> | null;
}

/**
 * Reads a body of at most `limit` bytes. Stops at the limit, even if the request announces a smaller length, so that no
 * caller can make the process hold more. Resolves to `tooLarge` if the body is larger.
 */
export async function readBody(source: BodySource, limit: number): Promise<Uint8Array | 'tooLarge'> {
  if (Number(source.headers.get('content-length') ?? 0) > limit) return 'tooLarge';
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.body ?? []) {
    size += (piece as Uint8Array).byteLength;
    if (size > limit) return 'tooLarge';
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces);
}
