import { createHmac } from 'node:crypto';

import { WebhookRefused } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';

/**
 * Makes the key in the address for reports on a recipient. Kannel signs nothing, so the key proves that the address is
 * ours. The key is valid for this recipient only.
 */
export function reportKey(recipientId: string, webhookSecret: string): string {
  return createHmac('sha256', webhookSecret).update(recipientId).digest('hex');
}

/**
 * Checks that the address of a report is one of ours.
 *
 * @throws {WebhookRefused} 401 if the key is wrong
 */
export function verifyReport(query: URLSearchParams, webhookSecret: string): void {
  const [recipientId, key] = [query.get('recipient') ?? '', query.get('key') ?? ''];
  if (!isSameSecret(key, reportKey(recipientId, webhookSecret))) {
    throw new WebhookRefused(401, 'the key does not fit the recipient');
  }
}

/**
 * Checks that an inbound message comes from Kannel. Kannel sends the secret as the password of HTTP basic
 * authentication, which it takes from `https://kannel:SECRET@…`. A secret in the query would appear in the logs of
 * every proxy on the way.
 *
 * @throws {WebhookRefused} 401 if the password is wrong, or if no secret is set
 */
export function verifyInbound(headers: ReadonlyMap<string, string>, inboundSecret: string | undefined): void {
  const encoded = /^basic ([\w+/]+=*)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (inboundSecret === undefined) throw new WebhookRefused(401, 'KANNEL_INBOUND_SECRET is not set');
  if (!isSameSecret(password, inboundSecret)) {
    throw new WebhookRefused(401, 'the password is not the secret for inbound messages');
  }
}
