import type { IncomingMessage } from 'node:http';

import { parseAddress } from './address.ts';

/** Where an answer redirects to, or why the redirect is not followed. */
export type Redirect = { url: string } | { reason: string };

/**
 * Reads the redirect in an answer; returns undefined if the answer is none. A redirect is followed only if it keeps
 * method and body (307 and 308, RFC 9110, 15.4.8) and scheme, host and port. For any other, the result is the reason
 * not to follow it.
 */
export function readRedirect(answer: IncomingMessage, from: string): Redirect | undefined {
  const status = answer.statusCode ?? 0;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const { location } = answer.headers;
  const url = location === undefined ? undefined : absolute(location, from);
  if (url === undefined) return { reason: `The host redirects with status ${status}, but gives no valid address.` };
  if (originOf(url) !== originOf(from)) return { reason: 'The host redirects to another host, port or scheme.' };
  if (status !== 307 && status !== 308) {
    return { reason: `The host redirects with status ${status}, which doesn't keep the request as it is.` };
  }
  return { url };
}

function absolute(location: string, from: string): string | undefined {
  if (parseAddress(location) !== undefined) return location;
  // A path is appended to the host unchanged, because resolving it would rewrite it.
  if (/^\/(?![/\\])/.test(location)) return `${originOf(from)}${location}`;
  return URL.parse(location, from)?.href;
}

const originOf = (url: string): string | undefined => URL.parse(url)?.origin;
