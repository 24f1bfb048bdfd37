import { connect } from 'node:net';

import type { FuzzRequest } from './requests.ts';

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** By names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** The longest time that an answer may take. */
const timeoutMs = 30_000;

/**
 * Sends a request exactly as given, on a connection of its own; HTTP clients would refuse to send some requests.
 * Rejects if no complete answer comes.
 */
export function sendRaw(baseUrl: string, { method, path, headers, body, encoding }: FuzzRequest): Promise<RawAnswer> {
  const { hostname, port, pathname } = new URL(baseUrl);
  const bytes = Buffer.from(body ?? '', encoding);
  const head = [
    `${method} ${pathname}${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Connection: close',
    ...(body === undefined ? [] : [`Content-Length: ${bytes.length}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('No answer came in time.')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('error', () => {});
    socket.once('close', () => {
      const answer = readAnswer(Buffer.concat(chunks), method);
      if (answer === undefined) reject(new Error('No whole answer came.'));
      else resolve(answer);
    });
    // Does not end the connection: the server would assume that nobody waits for the answer.
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]));
  });
}

function readAnswer(bytes: Buffer, method: string): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const rest = bytes.subarray(headEnd + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? joinChunks(rest) : rest;
  const length = headers.get('content-length');
  if (body === undefined || (method !== 'HEAD' && length !== undefined && body.length !== Number(length)))
    return undefined;
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString('utf8') };
}

function joinChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let start = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', start);
    if (lineEnd < 0) return undefined;
    const length = Number.parseInt(bytes.subarray(start, lineEnd).toString('latin1'), 16);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
    start = lineEnd + 2 + length + 2;
  }
}
