import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** An HTTP request without its connection. */
export interface ExchangeRequest {
  method: string;
  /** Path and query, sent unchanged. */
  target: string;
  hostHeader: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/**
 * Sends a request over an open connection. Resolves to the answer as soon as its head has arrived; the caller reads the
 * body. Rejects if no head arrives.
 */
export function exchange(socket: Duplex, call: ExchangeRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const changed = () => reject(Object.assign(new Error('The host changed the protocol.'), { code: 'HPE_UPGRADE' }));
  const body = call.body === undefined ? undefined : Buffer.from(call.body);
  const request = httpRequest({
    createConnection: () => socket,
    method: call.method,
    path: call.target,
    setHost: false,
    headers: {
      'User-Agent': 'SmartDialog',
      Accept: '*/*',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...call.headers,
      ...(body !== undefined && { 'Content-Length': body.length }),
      Host: call.hostHeader,
      Connection: 'close',
    },
  });
  request.once('response', (answer) => {
    if (answer.statusCode === 101) changed();
    else resolve(answer);
  });
  request.once('upgrade', changed);
  request.on('error', reject);
  request.once('close', () => reject(new Error('The connection was closed.')));
  request.end(body);
  return promise;
}

/** Reads a body to its end and discards it, so that the host can finish its answer. Stops after `limit` bytes. */
export async function discardBody(answer: IncomingMessage, limit: number): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) return;
    }
  } catch {
    // The connection broke, but the head has arrived, and only the head matters.
  }
}
