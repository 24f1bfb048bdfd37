import { createHmac } from 'node:crypto';
import { WebhookRefused } from '../carrier.ts';
import type { WebhookRequest } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';
import { retryFragment } from './callback-url.ts';

/**
 * Twilio's signature of a call: the base64 of the HMAC-SHA-1, under the account's token, of the address that was called
 * and every parameter of the form, sorted by name, name and value without anything between. Of a name that is there
 * several times each value counts once, sorted, as Twilio's own libraries have it
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

/** The order of Twilio's libraries, which no language changes. */
const byCodeUnits = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The address with the port that its scheme means; unchanged where it names one. */
function withPort(url: string): string {
  const port = url.startsWith('https:') ? ':443' : ':80';
  return url.replace(/^(https?:\/\/[^/?#]+)/i, (start) => (/:\d+$/.test(start) ? start : start + port));
}

/**
 * Ways in which Twilio may have written the address: its libraries verify with and without the port, "since signature
 * generation on the back end is inconsistent", and whether it signs the fragment is said nowhere.
 */
function addressesOf(webhookUrl: string, query: string): string[] {
  const url = webhookUrl + query;
  return [url, withPort(url)].flatMap((each) => [each, each + retryFragment]);
}

/**
 * Checks that a call comes from Twilio. The address is the one that Twilio was told, whatever the call says of its host:
 * a proxy may have changed that. A call that was recorded can be made again, since nothing in it tells the time; its
 * reports and messages are known by then, and change nothing. Throws {@link WebhookRefused} with 401.
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
