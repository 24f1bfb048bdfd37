import { isIP } from 'node:net';

import { isLoopbackAddress } from './forbidden-addresses.ts';

/** An http or https address, taken apart for a call. */
export interface Address {
  scheme: 'http' | 'https';
  /** In lower case, without brackets and without a dot at the end; an IP address in its usual notation. */
  host: string;
  port: number;
  /** The value of the Host header: with the port where it isn't the scheme's own. */
  hostHeader: string;
  /** Everything after the host, as it is written and without a fragment. */
  target: string;
  hasCredentials: boolean;
}

const form = /^https?:\/\/(?<authority>[^/?#\\]+)(?<target>[^#]*)/i;

/**
 * Takes an address apart; undefined where it isn't an absolute http or https address. The host is read as the WHATWG
 * URL Standard does, which undoes every notation of an IP address. The rest stays as it is, because a signature in it
 * counts for these very characters.
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

/** Whether an address is plain http to this machine itself, which only a local run calls. */
export const isLocalCall = ({ scheme, host }: Address): boolean =>
  scheme === 'http' && (host === 'localhost' || isLoopbackAddress(host));

/** Whether the host is written as an IP address. */
export const isIpLiteral = ({ host }: Address): boolean => isIP(host) !== 0;
