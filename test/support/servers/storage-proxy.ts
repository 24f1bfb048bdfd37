import { createServer, request as forward } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../tools/eventually.ts';

/** One storage operation as it went over the wire. */
interface StorageOperation {
  service: 'table' | 'queue' | 'blob';
  method: string;
  path: string;
  status: number;
  /** Length of the request's body. */
  bytes: number;
  /** The body of the answer, where messages were taken from a queue. */
  answer?: string;
}

/** A request as it comes, before it has an answer. */
type HeldRequest = Pick<StorageOperation, 'service' | 'method' | 'path'>;

/** A proxy in front of a storage account that counts its operations. */
export interface StorageProxy {
  connectionString: string;
  /**
   * Operations since the last reset, but for throttled ones, polls of empty queues, and the counting of calls and reads
   * of the directory, which come every now and then and belong to no single request.
   */
  operations(): readonly StorageOperation[];
  /** Reads of the directory since the last reset. */
  directoryReads(): readonly StorageOperation[];
  reset(): void;
  /** Keeps back such requests and their answers from now on; the result tells how many came by now. */
  hold(isMeant: (request: HeldRequest) => boolean): { count(): number };
  /** Lets everything through again. What was kept back is lost: its connection breaks. */
  release(): void;
  stop(): Promise<void>;
}

/** Says that a request to the table service is about the table `rights`, alone or in a transaction. */
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
      // An answer may come before the whole request is sent: neither side should wait for the rest.
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

/** Requests that ask a queue for messages. */
export const pollsOf =
  (queue: string) =>
  ({ service, method, path }: HeldRequest): boolean =>
    service === 'queue' && method === 'GET' && path.includes(`/${queue}/messages`);

/** Requests that add a message to a queue. */
export const additionsTo =
  (queue: string) =>
  ({ service, method, path }: HeldRequest): boolean =>
    service === 'queue' && method === 'POST' && path.includes(`/${queue}/messages`);

/** Reads of the directory, which the app keeps for a while: whether one is due depends on what came before. */
export const readsDirectory = ({ service, path }: HeldRequest): boolean =>
  service === 'table' && path.includes('/directory(');

/** Waits until storage was left alone between two looks at it. */
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
