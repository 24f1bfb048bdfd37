import type { Protocol } from '../messages/index.ts';

/** What a callback tells. */
export interface CallbackFacts {
  messageId: string;
  recipientId: string;
  address: string;
  /** As it is kept: `delivered`. */
  status: string;
  code?: string;
  at: Date;
  protocol: Protocol;
  parts: number;
  customerData?: string;
}

/** The number of each status, which never changes; 0 for one that has none yet. */
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
 * The address that a callback calls: the one given, its query as it stands, with what there is to tell behind it and
 * without a fragment. Scheme and host are written as a request says them, and the path at least as a slash, so that who
 * is called can put the signed address together; characters outside ASCII are percent-encoded, since a request has no
 * others.
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
  // What is no address, or has a password in it, is refused where it is called.
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
