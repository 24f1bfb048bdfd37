import { createServer, request as forward } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Storage that can refuse operations and repeat the request in its error. */
export interface EchoingStorage {
  connectionString: string;
  /** From now on, refuses all operations except polls of queues, with an error that repeats the request. */
  refuse(): void;
  stop(): Promise<void>;
}

/** Puts a server before the endpoints of a connection string. It forwards everything until it is told to refuse. */
export async function startEchoingStorage(connectionString: string): Promise<EchoingStorage> {
  const servers: Server[] = [];
  let refuses = false;
  let own = connectionString;
  for (const service of ['table', 'queue', 'blob'] as const) {
    const endpoint = new URL(new RegExp(`${service}Endpoint=([^;]+)`, 'i').exec(connectionString)![1]!);
    const server = createServer(async (incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      if (refuses && !(service === 'queue' && method === 'GET')) {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
        const value = `${path} ${headers.authorization} ${Buffer.concat(chunks).toString('utf8')}`;
        const { type, body } = service === 'table' ? odataError(value) : xmlError(value);
        outgoing.writeHead(400, { 'content-type': type, 'x-ms-error-code': 'InvalidInput' }).end(body);
        return;
      }
      const upstream = forward({ host: endpoint.hostname, port: endpoint.port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(outgoing);
      });
      upstream.on('error', () => outgoing.destroy());
      outgoing.once('close', () => upstream.destroy());
      incoming.pipe(upstream);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    own = own.replace(endpoint.host, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    connectionString: own,
    refuse() {
      refuses = true;
    },
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

const odataError = (value: string) => ({
  type: 'application/json',
  body: JSON.stringify({ 'odata.error': { code: 'InvalidInput', message: { lang: 'en-US', value } } }),
});

const xmlError = (value: string) => ({
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidInput</Code><Message>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message></Error>`,
});
