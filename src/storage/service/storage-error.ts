import type { StorageAnswer } from './exchange.ts';

/** An answer of the storage service that it did not carry out the request. */
export class StorageError extends Error {
  /** The service's error code, such as `ResourceNotFound`; empty if the answer has none. */
  readonly code: string;
  readonly statusCode: number;

  constructor(statusCode: number, code: string) {
    super(`the storage service answered ${statusCode} ${code}`.trimEnd());
    this.name = 'StorageError';
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** Makes an error from an answer. The error code is in a header, or in the body, which is JSON or XML. */
export function storageError({ status, headers, body }: StorageAnswer): StorageError {
  const header = headers['x-ms-error-code'];
  return new StorageError(status, typeof header === 'string' ? header : codeIn(body));
}

/** Finds the error code in a JSON or XML body, or in a part of one; empty if there is none. */
export function codeIn(body: string): string {
  const [, json, xml] = /"code"\s*:\s*"(\w+)"|<(?:\w+:)?code>(\w+)</i.exec(body) ?? [];
  return json ?? xml ?? '';
}

/**
 * Tells whether an error is transient: the service or the connection is overloaded, broken or too slow, and a retry may
 * succeed. Takes a {@link StorageError}, an error of the connection, or an error of the library for blobs. Answers with
 * a 4xx status other than 408 and 429 are about the request, so they are not transient.
 */
export function isTransient(error: unknown): boolean {
  // Bugs of ours, and answers that can't be parsed: a retry would not help.
  if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError) return false;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode !== 'number' || statusCode >= 500 || statusCode === 429 || statusCode === 408;
}
