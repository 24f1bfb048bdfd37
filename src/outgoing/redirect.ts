import type { IncomingMessage } from 'node:http';

import { parseAddress } from './address.ts';

/** Where an answer points to instead of being one. */
export type Redirect = { url: string } | { reason: string };

/**
 * The redirect in an answer; undefined where it is none. Only one that keeps method and body (307 and 308, RFC 9110,
 * 15.4.8) and stays with scheme, host and port gives an address; any other gives the reason not to follow it.
 */
export function readRedirect(answer: IncomingMessage, from: string): Redirect | undefined {
  const status = answer.statusCode ?? 0;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const { location } = answer.headers;
  const url = location === undefined ? undefined : absolute(location, from);
  if (url === undefined) return { reason: `The host redirects with status ${status}, but to no address.` };
  if (originOf(url) !== originOf(from)) return { reason: 'The host redirects to another host, port or scheme.' };
  if (status !== 307 && status !== 308) {
    return { reason: `The host redirects with status ${status}, which doesn't keep the request as it is.` };
  }
  return { url };
}

function absolute(location: string, from: string): string | undefined {
  if (parseAddress(location) !== undefined) return location;
  // A path is put behind the host as it stands, because resolving it would write it anew.
  if (/^\/(?![/\\])/.test(location)) return `${originOf(from)}${location}`;
  return URL.parse(location, from)?.href;
}

const originOf = (url: string): string | undefined => URL.parse(url)?.origin;
