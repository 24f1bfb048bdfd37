import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { maxRequestBytes } from './http-request.ts';
import { connectionHeaders, endEmpty } from './http-response.ts';
import type { StreamingServer } from './load-app.ts';

/** A request that is being forwarded to the library's server, which runs if HTTP streaming is on. */
export interface Forwarding {
  /** Resolves when the answer has reached the caller; rejects if it couldn't. */
  done: Promise<void>;
  /** Ends the forwarding, for example because the function failed. */
  abort: () => void;
}

/**
 * Forwards a request to the library's own server and the answer to the caller, both as streams. The library finds the
 * invocation by the header `x-ms-invocation-id`, and builds the request's URL from the two `x-forwarded-` headers. If
 * the body exceeds {@link maxRequestBytes}, the caller gets 413.
 */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: StreamingServer & { invocationId: string },
): Forwarding {
  const upstream = httpRequest({
    host: '127.0.0.1',
    port: target.port,
    agent: target.agent,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: {
      ...passedOn(request.rawHeaders, ['expect', 'host']),
      ...(request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
      host: request.headers.host ?? 'localhost',
      'x-forwarded-host': request.headers.host ?? 'localhost',
      'x-forwarded-proto': 'http',
      'x-ms-invocation-id': target.invocationId,
    },
  });
  const answered = Promise.withResolvers<IncomingMessage>();
  upstream.once('response', answered.resolve);
  upstream.on('error', answered.reject);
  // If the caller disconnects before the answer, the request to the function ends too.
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  // Not a pipeline, which would break the caller's connection if the answer comes before the body has been read.
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxRequestBytes || upstream.destroyed) return;
    upstream.destroy();
    endEmpty(response, 413);
    request.resume();
  });
  request.pipe(upstream);
  return {
    done: passBack(answered.promise, response),
    abort: () => upstream.destroy(new Error('The invocation failed.')),
  };
}

async function passBack(answered: Promise<IncomingMessage>, response: ServerResponse): Promise<void> {
  const answer = await answered;
  response.writeHead(answer.statusCode ?? 500, passedOn(answer.rawHeaders, []));
  await pipeline(answer, response);
}

function passedOn(rawHeaders: readonly string[], except: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (connectionHeaders.has(name) || except.includes(name)) continue;
    headers[name] = [...(headers[name] ?? []), rawHeaders[index + 1] ?? ''];
  }
  return headers;
}
