/**
 * What Twilio is asked to do where a call of its own fails: five more attempts, whatever the failure was, in the fifteen
 * seconds that it gives them all. Unasked, it makes one, where its connection fails; a report would be lost whenever we
 * answer 503. It is the address's fragment, which nobody is sent
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
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
