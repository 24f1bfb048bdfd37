import { createHmac } from 'node:crypto';

import { WebhookRefused } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';

/**
 * The key in the address that reports on a recipient come to: Kannel signs nothing, so the address itself must be one
 * that only we can have made. It is good for that recipient alone.
 */
export function reportKey(recipientId: string, webhookSecret: string): string {
  return createHmac('sha256', webhookSecret).update(recipientId).digest('hex');
}

/** Checks that a report came to an address of ours. Throws {@link WebhookRefused} with 401. */
export function verifyReport(query: URLSearchParams, webhookSecret: string): void {
  const [recipientId, key] = [query.get('recipient') ?? '', query.get('key') ?? ''];
  if (!isSameSecret(key, reportKey(recipientId, webhookSecret))) {
    throw new WebhookRefused(401, 'the key does not fit the recipient');
  }
}

/**
 * Checks that a phone's message comes from Kannel. It shows the secret as the password of HTTP's basic authentication,
 * which it makes of `https://kannel:SECRET@…`: in a query, the secret would stand in the logs of every proxy between.
 * Throws {@link WebhookRefused} with 401, also where there is no secret to compare with.
 */
export function verifyInbound(headers: ReadonlyMap<string, string>, inboundSecret: string | undefined): void {
  const encoded = /^basic ([\w+/]+=*)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (inboundSecret === undefined) throw new WebhookRefused(401, 'KANNEL_INBOUND_SECRET is not set');
  if (!isSameSecret(password, inboundSecret)) {
    throw new WebhookRefused(401, 'the call does not show the secret for messages of phones');
  }
}
