import { isIP } from 'node:net';

import { isLoopbackAddress } from './forbidden-addresses.ts';

/** The parts of an http or https address. */
export interface Address {
  scheme: 'http' | 'https';
  /** In lower case, without brackets and without a dot at the end; an IP address in its canonical notation. */
  host: string;
  port: number;
  /** The value of the Host header: includes the port unless it is the scheme's default. */
  hostHeader: string;
  /** Path and query exactly as written, without the fragment. */
  target: string;
  hasCredentials: boolean;
}

const form = /^https?:\/\/(?<authority>[^/?#\\]+)(?<target>[^#]*)/i;

/**
 * Parses an address; returns undefined if it isn't an absolute http or https address. The host is read as in the WHATWG
 * URL Standard, which normalises every notation of an IP address. Path and query stay exactly as written, because a
 * signature in them covers these very characters.
 */
export function parseAddress(text: string): Address | undefined {
  const { authority, target = '' } = form.exec(text)?.groups ?? {};
  const url = authority === undefined ? null : URL.parse(text);
  if (authority === undefined || url === null) return undefined;
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$|\.$/g, ''),
    port: url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port),
    hostHeader: url.host,
    target: target.startsWith('/') ? target : `/${target}`,
    hasCredentials: authority.includes('@'),
  };
}

/** Whether an address is plain http to this machine itself; only a local run calls such addresses. */
export const isLocalCall = ({ scheme, host }: Address): boolean =>
  scheme === 'http' && (host === 'localhost' || isLoopbackAddress(host));

/** Whether the host is written as an IP address. */
export const isIpLiteral = ({ host }: Address): boolean => isIP(host) !== 0;
