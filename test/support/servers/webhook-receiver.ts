import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookRequest } from '../../../src/carriers/carrier.ts';

/** A call that a receiver got, kept whole. */
export interface ReceivedCall extends WebhookRequest {
  path: string;
  /** The caller still waits for the answer. */
  waits: boolean;
}

/** What a receiver answers: a status, with an address to go on to where one is given; or it closes the connection. */
export type WebhookAnswer = number | { status: number; location: string } | 'drop';

/** A server that keeps every call it gets and answers as it is told. */
export interface WebhookReceiver {
  url: string;
  calls: ReceivedCall[];
  stop(): Promise<void>;
}

/**
 * Starts a receiver on 127.0.0.1.
 *
 * @param answer gives the answer to each call, from 0; it may wait. 200 by default.
 * @param port where to listen; a free one by default.
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
    // A caller that follows redirects makes itself seen by one more call.
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
