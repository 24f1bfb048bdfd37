import { createHmac } from 'node:crypto';
import { WebhookRefused } from '../carrier.ts';
import type { WebhookRequest } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';
import { retryFragment } from './callback-url.ts';

/**
 * Computes Twilio's signature of a call: the base64 of an HMAC-SHA-1 with the account's token. It covers the called
 * address and all parameters of the form, sorted by name, each as name and value without a separator. If a name occurs
 * several times, each different value counts once, sorted, as in Twilio's own libraries
 * (twilio.com/docs/usage/webhooks/webhooks-security; twilio-node, webhooks.ts).
 */
export function signatureOf(url: string, form: URLSearchParams, authToken: string): string {
  const names = [...new Set(form.keys())].toSorted(byCodeUnits);
  const parameters = names.flatMap((name) =>
    [...new Set(form.getAll(name))].toSorted(byCodeUnits).map((value) => name + value),
  );
  return createHmac('sha1', authToken)
    .update(url + parameters.join(''))
    .digest('base64');
}

/** Compares by code units, as Twilio's libraries do, independently of the language. */
const byCodeUnits = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Adds the default port of the scheme to an address without a port. */
function withPort(url: string): string {
  const port = url.startsWith('https:') ? ':443' : ':80';
  return url.replace(/^(https?:\/\/[^/?#]+)/i, (start) => (/:\d+$/.test(start) ? start : start + port));
}

/**
 * Lists the forms of the address that Twilio may have signed. Its libraries verify with and without the port, "since
 * signature generation on the back end is inconsistent". Whether Twilio signs the fragment is not documented.
 */
function addressesOf(webhookUrl: string, query: string): string[] {
  const url = webhookUrl + query;
  return [url, withPort(url)].flatMap((each) => [each, each + retryFragment]);
}

/**
 * Checks that a call comes from Twilio. The signed address is the one that Twilio was given, and not that of the call,
 * whose host a proxy may have changed. A recorded call can be replayed, since the signature covers no time; its reports
 * and messages are then known already, and change nothing.
 *
 * @throws {WebhookRefused} 401 if the signature is missing or wrong
 */
export function verifySignature(
  { headers, query }: Pick<WebhookRequest, 'headers' | 'query'>,
  form: URLSearchParams,
  { webhookUrl, authToken }: { webhookUrl: string; authToken: string },
): void {
  const given = headers.get('x-twilio-signature') ?? '';
  if (given === '') throw new WebhookRefused(401, 'the signature is missing');
  const fits = addressesOf(webhookUrl, query).map((url) => isSameSecret(given, signatureOf(url, form, authToken)));
  if (!fits.includes(true)) {
    throw new WebhookRefused(401, 'the signature does not fit the address, the form and the account token');
  }
}
