import { Resolver, lookup } from 'node:dns/promises';
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

/** How long a name server may take, in milliseconds, and how often it is asked. */
const patience = { timeout: 3_000, tries: 2 };

/**
 * Asks the name servers for a host's addresses. Not by way of the operating system, whose look-ups share two threads in
 * this process: a few names that nobody answers for would hold up every other connection.
 *
 * @param servers as `address:port`; those of this machine unless given
 */
export async function askNameServers(host: string, servers?: readonly string[]): Promise<string[]> {
  const resolver = new Resolver(patience);
  if (servers !== undefined) resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [first] = answers;
  if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
  return addresses;
}

/** The network of this machine. */
export const realNetwork: Network = {
  async resolve(host) {
    if (host !== 'localhost') return askNameServers(host);
    const found = await lookup(host, { all: true, order: 'verbatim' });
    return found.map(({ address }) => address);
  },
  connect({ address, port, tls }) {
    if (tls === undefined) return connectTcp({ host: address, port });
    // Said outright, because an environment variable can turn the default off.
    return connectTls({ host: address, port, ...tls, rejectUnauthorized: true });
  },
};
