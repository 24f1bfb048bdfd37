import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { seededRandom } from '../support/tools/random.ts';

/** How many calls were made, and how many were answered 2xx. */
interface Calls {
  made: number;
  taken: number;
}

/** Plays the flows and the DlrUrls. Mostly answers 200; sometimes answers 500 or breaks the connection. */
export interface Receiver {
  /** The addresses of the flows. */
  flowUrls: readonly string[];
  dlrUrl: string;
  /** The calls of each flow, by the text of the inbound message. */
  flows: readonly ReadonlyMap<string, Calls>[];
  /** The calls for each recipient. */
  dlrs: ReadonlyMap<string, Calls>;
  /** The latest inbound messages that can be answered. */
  answerable: readonly { messageId: string; threadId: string }[];
  /** Answers every further call with 200. */
  recover(): void;
  stop(): Promise<void>;
}

const flowCount = 3;
const answerableLimit = 50;

/** The first flow refuses inbound messages with this text for good. */
export const refusedText = 'refuse this';

/** Starts a receiver on 127.0.0.1. The seed decides how it answers. */
export async function startReceiver(seed: number): Promise<Receiver> {
  const random = seededRandom(seed);
  const flows = Array.from({ length: flowCount }, () => new Map<string, Calls>());
  const dlrs = new Map<string, Calls>();
  const answerable: { messageId: string; threadId: string }[] = [];
  let well = false;

  /** Chooses a status; 0 breaks the connection. */
  const mood = (): number => {
    const roll = random.below(100);
    return well || roll >= 10 ? 200 : roll >= 4 ? 500 : 0;
  };

  const answer = async (request: IncomingMessage): Promise<number> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = await text(request);
    if (url.pathname === '/dlr') return note(dlrs, url.searchParams.get('recipientId') ?? 'nobody', mood());
    const flow = Number(/^\/flows\/(\d+)$/.exec(url.pathname)?.[1]);
    const calls = flows[flow];
    if (calls === undefined) return 404;
    const { content, messageId, threadId } = JSON.parse(body) as Record<'content' | 'messageId' | 'threadId', string>;
    const status = note(calls, content, flow === 0 && content.includes(refusedText) ? 400 : mood());
    if (status === 200) answerable.push({ messageId, threadId });
    if (answerable.length > answerableLimit) answerable.shift();
    return status;
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (status) => (status === 0 ? response.destroy() : response.writeHead(status).end()),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    flowUrls: flows.map((_, index) => `${url}/flows/${index}`),
    dlrUrl: `${url}/dlr`,
    flows,
    dlrs,
    answerable,
    recover: () => (well = true),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function note(calls: Map<string, Calls>, name: string, status: number): number {
  const { made, taken } = calls.get(name) ?? { made: 0, taken: 0 };
  calls.set(name, { made: made + 1, taken: taken + (status === 200 ? 1 : 0) });
  return status;
}
