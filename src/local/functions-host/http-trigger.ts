import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { TypedData } from './functions-core.ts';
import { forwardRequest } from './http-forward.ts';
import type { InboundRequest } from './http-request.ts';
import { announcedLength, maxRequestBytes, readBody, readHead, toHttpData } from './http-request.ts';
import { endEmpty, sendHttpData } from './http-response.ts';
import type { Invocation } from './invoke.ts';
import type { StreamingServer } from './load-app.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import type { HttpRoute } from './route-table.ts';
import { findRoute } from './route-table.ts';
import type { FunctionRunner } from './run-function.ts';

/** What HTTP triggers need from the host. */
export interface HttpHost {
  /** In the order in which the host tries them. */
  routes: readonly HttpRoute[];
  routePrefix: string;
  invoke: FunctionRunner['invoke'];
  writeOutputs: FunctionRunner['writeOutputs'];
  streaming: StreamingServer | undefined;
  /** The requests that functions are answering; `stop` waits for them. */
  running: Set<Promise<void>>;
  otherRoutes: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  log: Log;
}

/**
 * Answers one request, and never rejects. Answers with an empty body: 404 if no function has the path and the method,
 * 500 if the function throws, 413 if the request's body is over 100 MB. Like Core Tools, does not check access keys
 * (`authLevel` function and admin).
 */
export async function handleRequest(host: HttpHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Without these listeners, a broken connection would end the process.
  request.on('error', () => {});
  response.on('error', () => {});
  try {
    const head = readHead(request);
    if (head === undefined) return endEmpty(response, 400);
    const found = findRoute(host.routes, head.method, head.path);
    if (found !== undefined) {
      const work = runFunction(host, { ...found, head, request, response }).finally(() => host.running.delete(work));
      host.running.add(work);
      return await work;
    }
    const answered = !isUnderPrefix(host.routePrefix, head.path) && (await host.otherRoutes?.(request, response));
    if (answered !== true) endEmpty(response, 404);
  } catch (error) {
    host.log({ level: 'error', message: `${request.method} ${request.url} failed: ${describeError(error)}` });
    abandon(response);
  }
  return undefined;
}

function isUnderPrefix(routePrefix: string, path: readonly string[]): boolean {
  if (routePrefix === '') return false;
  return routePrefix.split('/').every((segment, index) => path[index]?.toLowerCase() === segment.toLowerCase());
}

interface Call {
  route: HttpRoute;
  parameters: Record<string, string>;
  head: InboundRequest;
  request: IncomingMessage;
  response: ServerResponse;
}

async function runFunction(host: HttpHost, call: Call): Promise<void> {
  if (announcedLength(call.request) > maxRequestBytes) return endEmpty(call.response, 413);
  const { streaming } = host;
  try {
    await (streaming === undefined ? runWhole(host, call) : runStreaming(host, call, streaming));
  } catch {
    // The runner has already logged the error.
    abandon(call.response);
  }
  // Until `close`, part of the answer may not have left this process.
  if (!call.response.closed) await once(call.response, 'close');
  return undefined;
}

/** Gives the library the whole body, and gets the whole answer. */
async function runWhole(host: HttpHost, call: Call): Promise<void> {
  const body = await readBody(call.request);
  const input: TypedData = { http: toHttpData(call.head, call.parameters, body) };
  const { response } = await host.invoke({ ...invocation(call), input, triggerMetadata: {} });
  await host.writeOutputs(call.route.registered, response);
  const data = response.returnValue?.http;
  if (data == null) warnNoResult(host, call, 'the answer is 200 with an empty body');
  sendHttpData(call.response, data ?? {});
}

/** Streams request and answer through the library's own server; the invocation carries everything else. */
async function runStreaming(host: HttpHost, call: Call, streaming: StreamingServer): Promise<void> {
  const started = invocation(call);
  const forwarding = forwardRequest(call.request, call.response, { ...streaming, invocationId: started.invocationId });
  let begun = false;
  const onBegin = (): void => {
    begun = true;
  };
  const invoked = host.invoke({ ...started, input: { http: {} }, triggerMetadata: streamMetadata(call), onBegin });
  // The invocation begins when the request reaches the library. If forwarding fails before that, it never begins.
  const unreachable = forwarding.done.then(() => invoked);
  try {
    const { response, hasResult } = await Promise.race([invoked, unreachable]);
    if (!hasResult) {
      warnNoResult(
        host,
        call,
        'the answer is 500 here; in Azure no answer comes, and the caller waits until it times out',
      );
      throw new Error('No result.');
    }
    await forwarding.done;
    await host.writeOutputs(call.route.registered, response);
  } catch (error) {
    forwarding.abort();
    await Promise.allSettled([forwarding.done, unreachable, ...(begun ? [invoked] : [])]);
    throw error;
  }
}

function invocation(call: Call): Pick<Invocation, 'registered' | 'invocationId' | 'traceParent'> {
  const { traceparent } = call.head.headers;
  return { registered: call.route.registered, invocationId: randomUUID(), traceParent: traceparent };
}

function streamMetadata(call: Call): Record<string, TypedData> {
  const parameters = Object.entries(call.parameters).map(([name, value]) => [name, { string: value }]);
  return {
    ...(Object.fromEntries(parameters) as Record<string, TypedData>),
    Headers: { json: JSON.stringify(call.head.headers) },
    Query: { json: JSON.stringify(Object.fromEntries(call.head.url.searchParams)) },
  };
}

function warnNoResult(host: HttpHost, call: Call, what: string): void {
  const message = `${call.route.name} returned nothing; ${what}. Always return a response.`;
  host.log({ level: 'warning', functionName: call.route.name, message });
}

function abandon(response: ServerResponse): void {
  // Once the head is sent, only a broken connection can tell the caller that the answer is incomplete.
  if (response.headersSent && !response.writableEnded) response.destroy();
  else endEmpty(response, 500);
}
