import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A server that records raw requests and answers in raw HTTP. */
export interface RawServer {
  port: number;
  /** All complete requests. */
  requests: string[];
  /** The number of connections, and of those still open. */
  connections: { made: number; open: number };
  stop(): Promise<void>;
}

/** Starts a raw server on 127.0.0.1. Calls `answer` with the socket for each complete request, numbered from 0. */
export async function startRawServer(answer: (socket: Socket, index: number) => void): Promise<RawServer> {
  const requests: string[] = [];
  const connections = { made: 0, open: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    connections.made += 1;
    connections.open += 1;
    socket.on('close', () => {
      sockets.delete(socket);
      connections.open -= 1;
    });
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (isComplete(received)) answer(socket, requests.push(received) - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isComplete(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = Number(/^content-length: (\d+)/im.exec(received.slice(0, headEnd))?.[1] ?? 0);
  return received.length >= headEnd + 4 + length;
}
