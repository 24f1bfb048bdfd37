import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer to write: JSON, or bytes with their content type. */
export type Answer = { status: number } & ({ body: unknown } | { bytes: Uint8Array; mimeType: string });

// A hundred texts of 255 parts with 153 characters of up to four bytes each have 15.6 MB.
const maximumBodyBytes = 16 * 1024 * 1024;

/** Makes the answer for an error: a code for programs, a sentence for people. */
export const problem = (status: number, code: string, message: string): Answer => ({ status, body: { code, message } });

/** Reads the body as text; returns undefined if it is too large. Even then it is read to its end, but not kept. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maximumBodyBytes) chunks.push(chunk);
  }
  return length > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** Reads a request's body and answers with the result of `take`; answers 413 if the body has more than 16 MiB. */
export async function answerBody(
  request: IncomingMessage,
  take: (text: string) => Answer | Promise<Answer>,
): Promise<Answer> {
  const text = await readText(request);
  return text === undefined
    ? problem(413, 'TooLarge', `The body must have at most ${maximumBodyBytes} bytes.`)
    : take(text);
}

/** Writes an answer and ends the response. */
export function writeAnswer(response: ServerResponse, answer: Answer): void {
  if ('bytes' in answer) {
    response.writeHead(answer.status, { 'content-type': answer.mimeType, 'content-length': answer.bytes.length });
    response.end(answer.bytes);
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer.body));
}
