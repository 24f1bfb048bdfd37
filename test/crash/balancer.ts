import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** The load balancer in front of the hosts. */
export interface Balancer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Forwards each connection to the next host that accepts it. Never retries: if a host dies, its callers see a broken
 * connection, as callers of an instance in Azure do.
 *
 * @param ports returns the ports at which hosts listen at the moment
 */
export async function startBalancer(ports: () => readonly number[]): Promise<Balancer> {
  let turn = 0;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };

  const passOn = async (client: Socket): Promise<void> => {
    const candidates = ports();
    turn += 1;
    for (let tried = 0; tried < candidates.length; tried++) {
      const port = candidates[(turn + tried) % candidates.length] ?? 0;
      const host = track(connect(port, '127.0.0.1'));
      if (!(await connects(host))) continue;
      if (client.destroyed) return void host.destroy();
      client.pipe(host).pipe(client);
      host.once('close', () => client.destroy());
      client.once('close', () => host.destroy());
      return;
    }
    client.destroy();
  };

  const server = createServer((client) => void passOn(track(client)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('close', () => resolve(false));
  });
}
