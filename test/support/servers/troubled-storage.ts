import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom } from '../tools/random.ts';

/** What may happen to a request. */
export type Trouble =
  /** The request is refused and not carried out. */
  | 'busy'
  | 'broken'
  | 'throttled'
  /** The request is carried out after its sender has given up. */
  | 'late'
  /** The connection breaks before (`lost`) or after (`answerLost`) the request is carried out. */
  | 'lost'
  | 'answerLost';

/** A request that the app sends. */
export interface AppRequest {
  service: 'table' | 'queue' | 'blob';
  method: string;
  path: string;
  body: string;
}

/** A storage account that fails when a test wants it to. */
export interface TroubledStorage {
  connectionString: string;
  /** From now on, `choose` decides what happens to each request of the app; undefined: nothing unusual. */
  trouble(choose: (request: AppRequest) => Trouble | undefined): void;
  /** Ends all trouble. */
  calm(): void;
  /** How often each trouble happened. */
  counts(): ReadonlyMap<Trouble, number>;
  stop(): Promise<void>;
}

/** Milliseconds of a late answer: longer than the app waits. */
const lateMs = 10_500;

const refusals = {
  busy: { status: 503, code: 'ServerBusy' },
  broken: { status: 500, code: 'InternalError' },
  throttled: { status: 429, code: 'TooManyRequests' },
} as const;

/**
 * Starts a proxy in front of the endpoints of a connection string; at first it causes no trouble. Requests with which
 * the platform takes, holds and completes queue messages never fail, because the app has no part in them.
 */
export async function startTroubledStorage(connectionString: string): Promise<TroubledStorage> {
  let choose: (request: AppRequest) => Trouble | undefined = () => undefined;
  const counts = new Map<Trouble, number>();
  const servers: Server[] = [];
  let own = connectionString;

  for (const service of ['table', 'queue', 'blob'] as const) {
    const endpoint = new URL(new RegExp(`${service}Endpoint=([^;]+)`, 'i').exec(connectionString)![1]!);
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const { method = 'GET', url: path = '/', headers } = incoming;
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const isPlatforms = service === 'queue' && method !== 'POST';
      const body = Buffer.concat(chunks);
      const trouble = isPlatforms ? undefined : choose({ service, method, path, body: body.toString('utf8') });
      if (trouble !== undefined) counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
      if (trouble === 'lost') return void outgoing.destroy();
      if (trouble === 'busy' || trouble === 'broken' || trouble === 'throttled') {
        const { status, code } = refusals[trouble];
        outgoing.writeHead(status, { 'x-ms-error-code': code }).end();
        return;
      }
      if (trouble === 'late') await sleep(lateMs, undefined, { ref: false });
      const upstream = forward({ host: endpoint.hostname, port: endpoint.port, method, path, headers }, (reply) => {
        if (trouble === 'answerLost') {
          reply.resume().once('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(reply.statusCode ?? 0, reply.headers);
        reply.pipe(outgoing);
      });
      upstream.on('error', () => outgoing.destroy());
      upstream.end(body);
    };
    const server = createServer(
      (incoming, outgoing) => void answer(incoming, outgoing).catch(() => outgoing.destroy()),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    own = own.replace(endpoint.host, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  return {
    connectionString: own,
    trouble: (chosen) => void (choose = chosen),
    calm: () => void (choose = () => undefined),
    counts: () => counts,
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/**
 * Creates a function that chooses troubles at random.
 *
 * Equal requests that are not `lasting` fail at most twice in all, and are never late. So an app that tries three times
 * never gives up.
 *
 * @param rates how many requests of a thousand have each trouble
 * @param maxLate the most late requests, each of which costs the test more than 10 seconds
 */
export function randomTroubles({
  seed,
  rates,
  maxLate,
  lasting,
}: {
  seed: number;
  maxLate: number;
  rates: Readonly<Record<Trouble, number>>;
  lasting: (request: AppRequest) => boolean;
}): (request: AppRequest) => Trouble | undefined {
  const { below } = seededRandom(seed);
  const troubled = new Map<string, number>();
  let late = 0;
  const draw = (): Trouble | undefined => {
    let left = below(1_000);
    const drawn = (Object.entries(rates) as [Trouble, number][]).find(([, rate]) => (left -= rate) < 0)?.[0];
    return drawn === 'late' && late === maxLate ? undefined : drawn;
  };
  const mild = (request: AppRequest): Trouble | undefined => {
    const key = JSON.stringify(request);
    const before = troubled.get(key) ?? 0;
    const drawn = before === 2 ? undefined : draw();
    const trouble = drawn === 'late' ? undefined : drawn;
    if (trouble !== undefined) troubled.set(key, before + 1);
    return trouble;
  };
  return (request) => {
    const trouble = lasting(request) ? draw() : mild(request);
    if (trouble === 'late') late += 1;
    return trouble;
  };
}
