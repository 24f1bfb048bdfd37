import type { Duplex } from 'node:stream';

import type { Network } from './network.ts';

/** Where a connection may go, and how long it may take. */
export interface ConnectionRequest {
  /** Checked already, tried in their order. */
  addresses: readonly string[];
  port: number;
  tls: { servername?: string } | undefined;
  /** For each address, so that one that swallows everything leaves time for the next. */
  attemptMs: number;
  /** Ends what has begun, the connection included. */
  signal: AbortSignal;
}

/** Connects to the first of some addresses that lets us; rejects with the last error where none does. */
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
  // Stays, because an error that nobody listens to would end the process.
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('The connection was closed.')));
  signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
  return promise.finally(() => clearTimeout(tooLate));
}
