/**
 * Asks Twilio to repeat a failed webhook call up to five times, whatever the failure was, within the fifteen seconds
 * that it allows for all attempts. By default, Twilio retries once, and only if the connection fails; each report to
 * which the app answers 503 would be lost. The request is a fragment of the address, which Twilio doesn't send
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const retryFragment = '#rc=5&rp=all';

/** Makes the address for reports on a recipient. The id needs no signature of its own: Twilio signs the address. */
export function callbackUrl(webhookUrl: string, recipientId: string): string {
  // One parameter only: Twilio would sort several, but sign them in their original order.
  return `${webhookUrl}?recipient=${encodeURIComponent(recipientId)}${retryFragment}`;
}

/** Reads the recipient's id from a call's query; returns undefined if there is none. */
export function recipientOf(query: string): string | undefined {
  const recipient = new URLSearchParams(query).get('recipient') ?? '';
  return recipient === '' ? undefined : recipient;
}
