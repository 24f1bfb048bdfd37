import type { StorageAnswer } from './exchange.ts';

/** The storage service's answer that it didn't do what it was asked to. */
export class StorageError extends Error {
  /** The service's own name for the reason, such as `ResourceNotFound`; empty where it gave none. */
  readonly code: string;
  readonly statusCode: number;

  constructor(statusCode: number, code: string) {
    super(`the storage service answered ${statusCode} ${code}`.trimEnd());
    this.name = 'StorageError';
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** Makes an error from an answer. The code stands in a header, or in the body, which is JSON or XML. */
export function storageError({ status, headers, body }: StorageAnswer): StorageError {
  const header = headers['x-ms-error-code'];
  return new StorageError(status, typeof header === 'string' ? header : codeIn(body));
}

/** The error code in a body, or in a part of one. */
export function codeIn(body: string): string {
  const [, json, xml] = /"code"\s*:\s*"(\w+)"|<(?:\w+:)?code>(\w+)</i.exec(body) ?? [];
  return json ?? xml ?? '';
}

/**
 * Whether an error, of ours or of the library for blobs, is the service's own trouble and may be gone in a moment: it is
 * overloaded, broken or too slow, or its connection is. 4xx answers but for 408 and 429 are about the request.
 */
export function isTransient(error: unknown): boolean {
  // Mistakes of ours, and answers that can't be read, are nobody's trouble but ours.
  if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError) return false;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode !== 'number' || statusCode >= 500 || statusCode === 429 || statusCode === 408;
}
