import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookRequest } from '../../../src/carriers/carrier.ts';

/** A call that a receiver got. */
export interface ReceivedCall extends WebhookRequest {
  path: string;
  /** Whether the caller still waits for the answer. */
  waits: boolean;
}

/** The answer of a receiver: a status, optionally with the address of a redirect; or it closes the connection. */
export type WebhookAnswer = number | { status: number; location: string } | 'drop';

/** A server that records every call and gives the answers of the test. */
export interface WebhookReceiver {
  url: string;
  calls: ReceivedCall[];
  stop(): Promise<void>;
}

/**
 * Starts a receiver on 127.0.0.1.
 *
 * @param answer returns the answer to each call, numbered from 0; may wait. Default: 200.
 * @param port the port to listen on; default: a free one
 */
export async function startWebhookReceiver(
  answer: (index: number, call: ReceivedCall) => WebhookAnswer | Promise<WebhookAnswer> = () => 200,
  port = 0,
): Promise<WebhookReceiver> {
  const calls: ReceivedCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const call: ReceivedCall = {
      method: request.method ?? '',
      path: request.url ?? '',
      query: URL.parse(request.url ?? '', 'http://receiver')?.search ?? '',
      headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(chunks),
      waits: true,
    };
    response.once('close', () => (call.waits = false));
    const index = calls.push(call) - 1;
    const given = await answer(index, call);
    if (given === 'drop') {
      response.destroy();
      return;
    }
    // A caller that follows redirects shows itself by one more call.
    const { status, location } = typeof given === 'number' ? { status: given, location: '/redirected' } : given;
    response.writeHead(status, { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
