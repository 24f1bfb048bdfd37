import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Azurite } from '../../../src/local/azurite.ts';

/** Table Storage that refuses some requests with a status that clients don't retry. */
export interface FaultyTables {
  connectionString: string;
  /** From now on, requests are refused for which `isRefused` returns or resolves to true. It is called before each. */
  refuse(isRefused: (method: string, path: string) => boolean | Promise<boolean>): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of a running Azurite; at first it refuses nothing. */
export async function startFaultyTables({ connectionString, tableUrl }: Azurite): Promise<FaultyTables> {
  const { host, hostname, port } = new URL(tableUrl);
  let refuses: Parameters<FaultyTables['refuse']>[0] = () => false;
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    if (await refuses(method, path)) {
      incoming.resume();
      outgoing.writeHead(403).end();
      return;
    }
    const upstream = forward({ hostname, port, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(upstream);
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    connectionString: connectionString.replace(host, `127.0.0.1:${(server.address() as AddressInfo).port}`),
    refuse: (isRefused) => void (refuses = isRefused),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
