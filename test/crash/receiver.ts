import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { seededRandom } from '../support/tools/random.ts';

/** How often something was called for, and how often that was answered with 2xx. */
interface Calls {
  made: number;
  taken: number;
}

/** Stands for flows and for DLR addresses: mostly they are well, sometimes they fail or hang up. */
export interface Receiver {
  /** Addresses of flows. */
  flowUrls: readonly string[];
  dlrUrl: string;
  /** What came for each flow, by the text of the phone's message. */
  flows: readonly ReadonlyMap<string, Calls>[];
  /** What came for each recipient. */
  dlrs: ReadonlyMap<string, Calls>;
  /** Phones' messages that can be answered, the latest ones. */
  answerable: readonly { messageId: string; threadId: string }[];
  /** From now on everything is answered well. */
  recover(): void;
  stop(): Promise<void>;
}

const flowCount = 3;
const answerableLimit = 50;

/** A text with which a phone's message is refused for good by the first flow. */
export const refusedText = 'refuse this';

/** Starts one on 127.0.0.1. The seed decides how it answers. */
export async function startReceiver(seed: number): Promise<Receiver> {
  const random = seededRandom(seed);
  const flows = Array.from({ length: flowCount }, () => new Map<string, Calls>());
  const dlrs = new Map<string, Calls>();
  const answerable: { messageId: string; threadId: string }[] = [];
  let well = false;

  /** 0 hangs up. */
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
