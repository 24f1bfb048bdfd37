import { createServer, request as forward } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One storage operation as it went over the wire. */
interface StorageOperation {
  service: 'table' | 'queue' | 'blob';
  method: string;
  path: string;
  status: number;
  /** Length of the request's body. */
  bytes: number;
}

/** A proxy in front of a storage account that counts its operations. */
export interface StorageProxy {
  connectionString: string;
  /** Operations since the last reset, but for throttled ones and for polls of empty queues. */
  operations(): readonly StorageOperation[];
  reset(): void;
  stop(): Promise<void>;
}

/** Puts a counting proxy before the table, queue and blob endpoints of a connection string. */
export async function startStorageProxy(connectionString: string): Promise<StorageProxy> {
  let operations: StorageOperation[] = [];
  const servers: Server[] = [];
  let proxied = connectionString;

  for (const service of ['table', 'queue', 'blob'] as const) {
    const endpoint = new URL(new RegExp(`${service}Endpoint=([^;]+)`, 'i').exec(connectionString)![1]!);
    const server = createServer((incoming, outgoing) => {
      const { method = 'GET', url = '/', headers } = incoming;
      const bytes = Number(headers['content-length'] ?? 0);
      const upstream = forward(
        { host: endpoint.hostname, port: endpoint.port, method, path: url, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const body = Buffer.concat(chunks);
            const status = answer.statusCode ?? 0;
            const isPoll = service === 'queue' && method === 'GET' && url.includes('/messages');
            const isEmptyPoll = isPoll && !body.includes('<QueueMessage>');
            if (!isEmptyPoll && status !== 503 && status !== 429)
              operations.push({ service, method, path: url, status, bytes });
            outgoing.writeHead(status, answer.headers).end(body);
          });
        },
      );
      upstream.on('error', () => outgoing.destroy());
      incoming.pipe(upstream);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    proxied = proxied.replace(endpoint.host, `127.0.0.1:${port}`);
  }

  return {
    connectionString: proxied,
    operations: () => operations,
    reset: () => {
      operations = [];
    },
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
