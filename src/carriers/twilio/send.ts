import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import { callCarrier, failureOfNoAnswer, failureOfStatus } from '../call.ts';
import type { CarrierAnswer, HttpDeps } from '../call.ts';
import { writeNumber, writeSender } from './addresses.ts';
import { callbackUrl } from './callback-url.ts';
import { outcomeOf, reasonOf } from './reasons.ts';
import { authorizationOf } from './settings.ts';
import type { TwilioSettings } from './settings.ts';

/** What sending depends on. `webhookUrl` is the address for reports. */
export interface SendingSettings extends TwilioSettings, HttpDeps {
  webhookUrl: string;
  now: () => Date;
}

/**
 * Submits a batch to Twilio with one call for each recipient, all at once. Resolves to one outcome per recipient, in
 * order. Never rejects.
 */
export function send(settings: SendingSettings, batch: OutboundBatch): Promise<SendOutcome[]> {
  return Promise.all(batch.recipients.map((recipient) => sendOne(settings, batch, recipient)));
}

async function sendOne(
  settings: SendingSettings,
  batch: OutboundBatch,
  recipient: OutboundRecipient,
): Promise<SendOutcome> {
  const url = `${settings.url}/2010-04-01/Accounts/${settings.accountSid}/Messages.json`;
  const headers = {
    authorization: authorizationOf(settings),
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  const body = new URLSearchParams(formOf(settings, batch, recipient)).toString();
  try {
    return readAnswer(await callCarrier(settings, url, { method: 'POST', headers, body }), settings.now);
  } catch (error) {
    return failureOfNoAnswer(error, { idempotent: false });
  }
}

function formOf(
  { webhookUrl, messagingServiceSid }: SendingSettings,
  { protocol, sender }: OutboundBatch,
  { recipientId, address, content }: OutboundRecipient,
): Record<string, string> {
  return {
    To: writeNumber(protocol, address),
    From: writeSender(protocol, sender),
    Body: content,
    StatusCallback: callbackUrl(webhookUrl, recipientId),
    // Together with a sender, the service only adds its rules; the sender stays the given one.
    ...(messagingServiceSid === undefined || protocol !== 'SMS' ? {} : { MessagingServiceSid: messagingServiceSid }),
  };
}

/** Returns a code, which Twilio's JSON has as a whole number, as text; empty if there is none. */
const codeOf = (value: unknown): string => (Number.isInteger(value) ? String(value) : '');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Statuses of messages that Twilio accepted but that failed at once. */
const failedAtOnce: ReadonlySet<unknown> = new Set(['failed', 'undelivered', 'canceled']);

function readAnswer(answer: CarrierAnswer, now: () => Date): SendOutcome {
  const { status, fields, headers } = answer;
  if (status < 300) {
    const sid = textOf(fields['sid']);
    if (sid === '') return failureOfStatus(answer, '', { idempotent: false, now });
    if (!failedAtOnce.has(fields['status'])) return { outcome: 'sent', carrierReference: sid };
    const code = codeOf(fields['error_code']) || 'TwilioGaveUp';
    const message = textOf(fields['error_message']) || 'Twilio accepted the message, but it failed at once.';
    return { outcome: 'rejected', code, message, reason: reasonOf(code) ?? 'other' };
  }
  const code = codeOf(fields['code']);
  const message = textOf(fields['message']);
  const reason = reasonOf(code);
  // After a 5xx the message is in doubt, whatever code the answer contains.
  if (reason === undefined || status < 400 || status >= 500) {
    const failure = failureOfStatus(answer, message, { idempotent: false, now });
    return code === '' ? failure : { ...failure, code };
  }
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after') ?? undefined, now());
  return {
    outcome: outcomeOf(reason),
    code,
    message: message || `The carrier answered ${status}.`,
    reason,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}
