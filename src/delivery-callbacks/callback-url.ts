import type { Protocol } from '../messages/index.ts';

/** The data of a callback. */
export interface CallbackFacts {
  messageId: string;
  recipientId: string;
  address: string;
  /** As it is stored, for example `delivered`. */
  status: string;
  code?: string;
  at: Date;
  protocol: Protocol;
  parts: number;
  customerData?: string;
}

/** The code of each status. Codes never change; a status without one is sent as 0. */
const statusCodes = new Map([
  ['Delivered', 1],
  ['Read', 2],
  ['Undelivered', 3],
  ['Expired', 4],
  ['Rejected', 5],
  ['Failed', 6],
  ['Unknown', 7],
  ['Canceled', 8],
]);

/**
 * Returns the address that a callback calls: the given address, without its fragment, with the callback's data appended
 * to its unchanged query. Scheme and host are written as in the request, and the path is at least a slash, so that the
 * receiver can rebuild the signed address. Characters outside ASCII are percent-encoded, as a request requires.
 */
export function callbackUrl(dlrUrl: string, facts: CallbackFacts): string {
  const base = requestedUrl(dlrUrl.replace(/#.*/s, ''));
  const start = base.indexOf('?');
  const query = base.slice(start + 1);
  const joint = start < 0 ? '?' : query === '' || query.endsWith('&') ? '' : '&';
  return base + joint + parametersOf(facts);
}

function requestedUrl(url: string): string {
  const { authority = '', target = '' } = /^https?:\/\/(?<authority>[^/?\\]+)(?<target>.*)/is.exec(url)?.groups ?? {};
  const parsed = URL.parse(url);
  // An invalid address, or one with a password, is refused when it is called.
  if (parsed === null || authority === '' || authority.includes('@')) return url;
  const escaped = target.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent);
  return `${parsed.protocol}//${parsed.host}${/^[/\\]/.test(escaped) ? '' : '/'}${escaped}`;
}

function parametersOf(facts: CallbackFacts): string {
  const { messageId, recipientId, address, code = '', at, protocol, parts, customerData = '' } = facts;
  const status = facts.status.charAt(0).toUpperCase() + facts.status.slice(1);
  const parameters = {
    messageId,
    recipientId,
    address,
    status,
    statusCode: String(statusCodes.get(status) ?? 0),
    errorCode: code,
    timestamp: at.toISOString(),
    protocol,
    parts: String(parts),
    customerData,
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
}
