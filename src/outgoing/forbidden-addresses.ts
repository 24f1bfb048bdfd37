import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IANA's IPv4 Special-Purpose Address Registry (RFC 6890) without the blocks it marks as globally reachable, and
 * multicast.
 */
const forbiddenIpv4 = subnets('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local; the metadata services of clouds are here.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // A public address by its number, but inside Azure it leads to the platform's own service.
  ['168.63.129.16', 32],
]);

/** IANA's block for global unicast (RFC 4291, 2.4). Forms that embed an IPv4 address lie outside of it. */
const globalIpv6 = subnets('ipv6', [['2000::', 3]]);

/** The blocks of IANA's IPv6 Special-Purpose Address Registry that lie within global unicast. */
const forbiddenIpv6 = subnets('ipv6', [
  // Protocol assignments, among them Teredo, which embeds IPv4 addresses.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4, which embeds IPv4 addresses.
  ['2002::', 16],
  ['3fff::', 20],
]);

function subnets(family: 'ipv4' | 'ipv6', blocks: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, family);
  return list;
}

/** Whether a text is anything other than a publicly reachable IP address. */
export function isForbiddenAddress(ip: string): boolean {
  if (isIPv4(ip)) return forbiddenIpv4.check(ip, 'ipv4');
  // An address with a zone, such as fe80::1%eth0, has a meaning on this machine only.
  if (!isIPv6(ip) || ip.includes('%')) return true;
  return !globalIpv6.check(ip, 'ipv6') || forbiddenIpv6.check(ip, 'ipv6');
}

/** Whether a text is a loopback address in its canonical notation. */
export const isLoopbackAddress = (ip: string): boolean => ip === '::1' || (isIPv4(ip) && ip.startsWith('127.'));
