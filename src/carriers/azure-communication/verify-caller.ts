import { WebhookRefused } from '../carrier.ts';
import type { CarrierDeps, WebhookRequest } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';
import type { WebhookProtection } from './settings.ts';

/**
 * The role of Event Grid in the application of a protected webhook (Microsoft's documentation, "Deliver events to
 * Microsoft Entra protected endpoints"). Any application of the tenant can get a token for the audience, but only an
 * administrator can grant the role.
 */
const deliveryRole = 'AzureEventGridSecureWebhookSubscriber';

/**
 * Checks that a call comes from our subscription to Event Grid. Event Grid signs nothing. A call must have the secret
 * in its query or in `x-webhook-secret`, or a token in `Authorization` that Entra ID issued for us. Handshakes are
 * checked like any other call: who may not deliver events must not be able to subscribe either. Rejects with
 * {@link WebhookRefused} (401).
 */
export async function verifyCaller(
  { query, headers }: WebhookRequest,
  protection: WebhookProtection,
  isEntraToken: CarrierDeps['isEntraToken'],
): Promise<void> {
  if ('secret' in protection) {
    const given = headers.get('x-webhook-secret') ?? new URLSearchParams(query).get('secret');
    if (given === null) throw new WebhookRefused(401, 'the secret is missing');
    if (!isSameSecret(given, protection.secret)) throw new WebhookRefused(401, 'the secret is wrong');
    return;
  }
  const token = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (token === undefined) throw new WebhookRefused(401, 'the token is missing or malformed');
  if (!(await isEntraToken(token, { ...protection, role: deliveryRole })))
    throw new WebhookRefused(401, 'the token was not issued for us');
}
