import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

/** A request of the clients below. */
interface ClientRequest {
  method: 'GET' | 'POST';
  /** The path after the base address. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface ClientAnswer {
  status: number;
  body: string;
}

/** Calls one server over kept connections, one for each call in progress. */
export interface HttpClient {
  call(request: ClientRequest): Promise<ClientAnswer>;
  close(): void;
}

/**
 * Creates a client that costs little, because load and app share the machine: it writes requests as they are, and reads
 * only status, length and body of an answer.
 */
export function createHttpClient(baseUrl: string, headers: Readonly<Record<string, string>> = {}): HttpClient {
  const { hostname, port, host, pathname } = new URL(baseUrl);
  const base = pathname.replace(/\/$/, '');
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  return {
    async call({ method, path, headers: own = {}, body }) {
      const fields = { Host: host, ...headers, ...own };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
      let connection = idle.pop();
      // Servers close connections that are idle for a while.
      while (connection?.isClosed() === true) connection = idle.pop();
      connection ??= openConnection(hostname, Number(port));
      all.add(connection);
      try {
        const answer = await connection.exchange(
          `${method} ${base}${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body ?? ''}`,
        );
        idle.push(connection);
        return answer;
      } catch (error) {
        all.delete(connection);
        connection.close();
        throw error;
      }
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}

interface Connection {
  isClosed(): boolean;
  exchange(request: string): Promise<ClientAnswer>;
  close(): void;
}

function openConnection(host: string, port: number): Connection {
  const socket: Socket = createConnection({ host, port, noDelay: true });
  let received: Buffer[] = [];
  let settle: { resolve: (answer: ClientAnswer) => void; reject: (error: Error) => void } | undefined;
  socket.on('data', (data: Buffer) => {
    received.push(data);
    const answer = readAnswer(received);
    if (answer === undefined) return;
    received = [];
    settle?.resolve(answer);
    settle = undefined;
  });
  const fail = (error: Error): void => {
    settle?.reject(error);
    settle = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));
  return {
    isClosed: () => socket.destroyed || socket.readableEnded,
    exchange: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Reads an answer from its pieces; undefined until it is complete. */
function readAnswer(pieces: Buffer[]): ClientAnswer | undefined {
  const head = pieces[0]?.indexOf('\r\n\r\n') ?? -1;
  if (head === -1) {
    if (pieces.length > 1) pieces.splice(0, 2, Buffer.concat(pieces.slice(0, 2)));
    return undefined;
  }
  const text = (pieces[0] ?? Buffer.alloc(0)).toString('latin1', 0, head);
  const status = Number(text.slice(9, 12));
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const length = /^content-length: *(\d+)/im.exec(text)?.[1];
  const start = head + 4;
  if (length !== undefined) {
    if (size < start + Number(length)) return undefined;
    return { status, body: Buffer.concat(pieces).toString('utf8', start, start + Number(length)) };
  }
  if (!/^transfer-encoding: *chunked/im.test(text)) return { status, body: '' };
  const whole = Buffer.concat(pieces);
  return whole.subarray(-5).toString('latin1') === '0\r\n\r\n'
    ? { status, body: withoutChunks(whole, start) }
    : undefined;
}

function withoutChunks(whole: Buffer, start: number): string {
  const parts: Buffer[] = [];
  for (let at = start; at < whole.length;) {
    const lineEnd = whole.indexOf('\r\n', at);
    const size = Number.parseInt(whole.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    parts.push(whole.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts).toString('utf8');
}
