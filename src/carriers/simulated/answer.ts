import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer in the making: JSON, or bytes with their content type. */
export type Answer = { status: number } & ({ body: unknown } | { bytes: Uint8Array; mimeType: string });

// A hundred texts of 255 parts, 153 characters each and up to four bytes a character, come to 15.6 MB.
const maximumBodyBytes = 16 * 1024 * 1024;

/** An answer that says what went wrong: a code for programs, a sentence for people. */
export const problem = (status: number, code: string, message: string): Answer => ({ status, body: { code, message } });

/** The body as text, or undefined where it is too large; then it is read to its end all the same, but not kept. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maximumBodyBytes) chunks.push(chunk);
  }
  return length > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** Gives a request's body to `take`; answers 413 where it has more than 16 MiB. */
export async function answerBody(
  request: IncomingMessage,
  take: (text: string) => Answer | Promise<Answer>,
): Promise<Answer> {
  const text = await readText(request);
  return text === undefined ? problem(413, 'TooLarge', `The body may have ${maximumBodyBytes} bytes.`) : take(text);
}

/** Sends an answer, and ends the response. */
export function writeAnswer(response: ServerResponse, answer: Answer): void {
  if ('bytes' in answer) {
    response.writeHead(answer.status, { 'content-type': answer.mimeType, 'content-length': answer.bytes.length });
    response.end(answer.bytes);
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer.body));
}
