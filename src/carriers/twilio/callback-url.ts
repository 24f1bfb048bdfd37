/**
 * What Twilio is asked to do where a call of its own fails: five more attempts, whatever the failure was. Unasked, it
 * makes one, and only where no connection came about; a report would be lost whenever we answer 503. It is part of the
 * address as a fragment, and sent to nobody (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
export const retryFragment = '#rc=5&rp=all';

/** Where Twilio reports on a recipient's message. The id needs no signature of its own: Twilio signs the address. */
export function callbackUrl(webhookUrl: string, recipientId: string): string {
  // One parameter only: Twilio sorts several, and signs them as they were.
  return `${webhookUrl}?recipient=${encodeURIComponent(recipientId)}${retryFragment}`;
}

/** The recipient whom a call's query names; undefined where it names none. */
export function recipientOf(query: string): string | undefined {
  const recipient = new URLSearchParams(query).get('recipient') ?? '';
  return recipient === '' ? undefined : recipient;
}
