import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** Where a connection goes. */
export interface Endpoint {
  /** An IP address. */
  address: string;
  port: number;
  /** Absent for plain TCP. The certificate is checked against the server name, or else against the IP address. */
  tls: { servername?: string } | undefined;
}

/** Reaches hosts. */
export interface Network {
  /** All IP addresses of a host; rejects where it has none. */
  resolve(host: string): Promise<readonly string[]>;
  /** Begins to connect; the socket then emits `connect`, or `secureConnect` with TLS, or `error`. */
  connect(endpoint: Endpoint): Duplex;
}

/** The network of this machine. */
export const realNetwork: Network = {
  async resolve(host) {
    const found = await lookup(host, { all: true, order: 'verbatim' });
    return found.map(({ address }) => address);
  },
  connect({ address, port, tls }) {
    if (tls === undefined) return connectTcp({ host: address, port });
    // Said outright, because an environment variable can turn the default off.
    return connectTls({ host: address, port, ...tls, rejectUnauthorized: true });
  },
};
