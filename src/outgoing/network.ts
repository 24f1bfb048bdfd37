import { Resolver, lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** Where a connection goes. */
export interface Endpoint {
  /** An IP address. */
  address: string;
  port: number;
  /** Undefined: plain TCP. The certificate is checked against the server name or, without one, the IP address. */
  tls: { servername?: string } | undefined;
}

/** Looks hosts up and connects to them. */
export interface Network {
  /** Resolves to all IP addresses of a host; rejects if it has none. */
  resolve(host: string): Promise<readonly string[]>;
  /** Starts a connection. The socket then emits `connect` (`secureConnect` with TLS) or `error`. */
  connect(endpoint: Endpoint): Duplex;
}

/** How long a name server may take, in milliseconds, and how many times each is asked. */
const patience = { timeout: 3_000, tries: 2 };

/**
 * Asks the name servers for a host's IPv4 and IPv6 addresses. It doesn't use the operating system's look-ups, which
 * share two threads in this process: a few names that no server answers for would hold up every other connection.
 * Rejects with the error of the IPv4 look-up if the host has no address.
 *
 * @param servers as `address:port`; default: the name servers of this machine
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
    // Explicit, because an environment variable can turn off the default.
    return connectTls({ host: address, port, ...tls, rejectUnauthorized: true });
  },
};
