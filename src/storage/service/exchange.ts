import { Agent, request as requestPlain } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';

/** A request as it is sent. */
export interface WireRequest {
  method: string;
  /** The path with the query, percent-encoded. */
  path: string;
  headers: Record<string, string | number>;
  body: string;
}

/** The whole answer to a request. */
export interface StorageAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/*
 * Connections are kept open: a new one costs two round trips and, over TLS, milliseconds of computing. The connection
 * that was used last is used first, so that surplus connections become idle and close.
 */
const pool = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64, scheduling: 'lifo' } as const;
const plainAgent = new Agent(pool);
const tlsAgent = new TlsAgent(pool);

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects if the connection fails, or if the whole
 * answer does not arrive within the time limit.
 *
 * @param timeLimitMs milliseconds
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
      // An IPv6 address has brackets in a URL, but not here.
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
