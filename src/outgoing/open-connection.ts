import type { Duplex } from 'node:stream';

import type { Network } from './network.ts';

/** Where to connect, and how long that may take. */
export interface ConnectionRequest {
  /** IP addresses that were checked, in the order in which to try them. */
  addresses: readonly string[];
  port: number;
  tls: { servername?: string } | undefined;
  /** Milliseconds for each address, so that an address that never answers leaves time for the next. */
  attemptMs: number;
  /** Aborts the attempt, and later closes the connection. */
  signal: AbortSignal;
}

/** Connects to the first address that accepts; rejects with the last error if none does. */
export async function openConnection(
  network: Network,
  { addresses, port, tls, attemptMs, signal }: ConnectionRequest,
): Promise<Duplex> {
  let failure: unknown = Object.assign(new Error('The host has no address.'), { code: 'ENOTFOUND' });
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      const socket = network.connect({ address, port, tls });
      await untilConnected(socket, { event: tls === undefined ? 'connect' : 'secureConnect', attemptMs, signal });
      return socket;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function untilConnected(
  socket: Duplex,
  { event, attemptMs, signal }: { event: string; attemptMs: number; signal: AbortSignal },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const tooLate = setTimeout(() => {
    socket.destroy(Object.assign(new Error('Connecting took too long.'), { code: 'ETIMEDOUT' }));
  }, attemptMs);
  socket.once(event, () => resolve());
  // This listener stays, because an error without a listener would end the process.
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('The connection was closed.')));
  signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
  return promise.finally(() => clearTimeout(tooLate));
}
