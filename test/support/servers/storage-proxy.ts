import { createServer, request as forward } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../tools/eventually.ts';

/** One storage operation. */
interface StorageOperation {
  service: 'table' | 'queue' | 'blob';
  method: string;
  path: string;
  status: number;
  /** The length of the request's body in bytes. */
  bytes: number;
  /** The body of the answer if the operation takes messages from a queue. */
  answer?: string;
}

/** A request before its answer. */
type HeldRequest = Pick<StorageOperation, 'service' | 'method' | 'path'>;

/** A proxy in front of a storage account that counts its operations. */
export interface StorageProxy {
  connectionString: string;
  /**
   * Operations since the last reset, except throttled ones, polls of empty queues, counting of calls, and reads of the
   * directory: these occur at any time and belong to no single request.
   */
  operations(): readonly StorageOperation[];
  /** Reads of the directory since the last reset. */
  directoryReads(): readonly StorageOperation[];
  reset(): void;
  /** Holds back later matching requests and their answers; the result returns how many have come. */
  hold(isMeant: (request: HeldRequest) => boolean): { count(): number };
  /** Forwards all requests again. Those held back are lost: their connections break. */
  release(): void;
  stop(): Promise<void>;
}

/** Matches requests about the table `rights`, which holds permits, alone or in a transaction. */
const isOfPermits = /\/rights(?:\(| HTTP)|"TableName":"rights"/;

/** Puts a counting proxy before the table, queue and blob endpoints of a connection string. */
export async function startStorageProxy(connectionString: string): Promise<StorageProxy> {
  let operations: StorageOperation[] = [];
  const servers: Server[] = [];
  const holds: ((request: HeldRequest) => boolean)[] = [];
  const held: ServerResponse[] = [];
  let proxied = connectionString;

  for (const service of ['table', 'queue', 'blob'] as const) {
    const endpoint = new URL(new RegExp(`${service}Endpoint=([^;]+)`, 'i').exec(connectionString)![1]!);
    const server = createServer((incoming, outgoing) => {
      const { method = 'GET', url = '/', headers } = incoming;
      if (holds.some((isHeld) => isHeld({ service, method, path: url }))) {
        held.push(outgoing);
        return;
      }
      const bytes = Number(headers['content-length'] ?? 0);
      let countsCalls = service === 'table' && isOfPermits.test(`${url} HTTP`);
      incoming.on('data', (chunk: Buffer) => {
        countsCalls ||= service === 'table' && isOfPermits.test(chunk.toString('latin1'));
      });
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
            if (!isEmptyPoll && !countsCalls && status !== 503 && status !== 429)
              operations.push({
                service,
                method,
                path: url,
                status,
                bytes,
                ...(isPoll && { answer: body.toString('utf8') }),
              });
            outgoing.writeHead(status, answer.headers).end(body);
          });
        },
      );
      upstream.on('error', () => outgoing.destroy());
      // An answer may come before the whole request is sent; then neither side should wait for the rest.
      outgoing.once('finish', () => incoming.unpipe(upstream).resume());
      outgoing.once('close', () => upstream.destroy());
      incoming.pipe(upstream);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    proxied = proxied.replace(endpoint.host, `127.0.0.1:${port}`);
  }

  return {
    connectionString: proxied,
    operations: () => operations.filter((operation) => !readsDirectory(operation)),
    directoryReads: () => operations.filter(readsDirectory),
    reset: () => {
      operations = [];
    },
    hold(isMeant) {
      let count = 0;
      holds.push((request) => isMeant(request) && ++count > 0);
      return { count: () => count };
    },
    release() {
      holds.length = 0;
      for (const outgoing of held.splice(0)) outgoing.destroy();
    },
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** Whether a request takes messages from a queue. */
export const pollsOf =
  (queue: string) =>
  ({ service, method, path }: HeldRequest): boolean =>
    service === 'queue' && method === 'GET' && path.includes(`/${queue}/messages`);

/** Whether a request adds a message to a queue. */
export const additionsTo =
  (queue: string) =>
  ({ service, method, path }: HeldRequest): boolean =>
    service === 'queue' && method === 'POST' && path.includes(`/${queue}/messages`);

/** Whether a request reads the directory. The app caches it, so whether a read occurs depends on earlier requests. */
export const readsDirectory = ({ service, path }: HeldRequest): boolean =>
  service === 'table' && path.includes('/directory(');

/** Waits until no storage operation occurs between two checks. */
export function untilAtRest(
  storage: Pick<StorageProxy, 'operations'>,
  options: { timeoutMs: number; everyMs: number },
): Promise<void> {
  let seen = -1;
  return eventually(() => {
    const before = seen;
    seen = storage.operations().length;
    if (seen !== before) throw new Error(`storage is still at work: ${seen - before} operations`);
  }, options);
}
