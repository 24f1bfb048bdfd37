import { Agent, request as requestPlain } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  /** With the query, percent-encoded. */
  path: string;
  headers: Record<string, string | number>;
  body: string;
}

export interface StorageAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/*
 * Connections are kept: a new one costs two round trips and, over TLS, milliseconds of computing. The one used last is
 * taken first, so that the others grow old and go.
 */
const pool = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64, scheduling: 'lifo' } as const;
const plainAgent = new Agent(pool);
const tlsAgent = new TlsAgent(pool);

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects where there is none within the time limit
 * (milliseconds).
 */
export function exchange(
  { protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>,
  { method, path, headers, body }: WireRequest,
  timeLimitMs: number,
): Promise<StorageAnswer> {
  const isTls = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (isTls ? requestTls : requestPlain)({
      agent: isTls ? tlsAgent : plainAgent,
      // An IPv6 address stands in brackets in a URL only.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      method,
      path,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${timeLimitMs} ms`)), timeLimitMs);
    const fail = (error: Error): void => {
      clearTimeout(limit);
      reject(error);
    };
    request.on('error', fail);
    request.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        clearTimeout(limit);
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.end(body);
  });
}
