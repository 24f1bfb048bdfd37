import { createHash } from 'node:crypto';

import { splitSms } from '../../messages/index.ts';
import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { isShortCode } from '../../phone-numbers/index.ts';
import { answerIncomplete, callCarrier, failureOfNoAnswer, failureOfStatus, inDoubt } from '../call.ts';
import type { CarrierAnswer, Failure, HttpDeps } from '../call.ts';
import { reportKey } from './keys.ts';
import { reasonOfRefusal } from './reasons.ts';
import type { KannelSettings } from './settings.ts';

/** What sending depends on. */
export interface SendingSettings extends HttpDeps, KannelSettings {
  /** The public address for reports, without a query. */
  webhookUrl: string;
  now: () => Date;
}

const idempotent = false;

/**
 * Submits a batch to smsbox, with one call for each part of each message. Resolves to one outcome per recipient, in
 * order. Never rejects. The parameters are headers and not a query, so that no log contains credentials and numbers
 * (Kannel user's guide, "SMS-push over HTTP POST").
 *
 * The app splits messages into parts itself. Kannel would split surrogate pairs, and drop all parts beyond
 * `max-messages` of its configuration, whose default is 1.
 */
export function send(settings: SendingSettings, { sender, recipients }: OutboundBatch): Promise<SendOutcome[]> {
  return Promise.all(recipients.map((recipient) => sendTo(settings, sender, recipient)));
}

async function sendTo(settings: SendingSettings, sender: string, recipient: OutboundRecipient): Promise<SendOutcome> {
  const { address, content, recipientId } = recipient;
  const from = originOf(sender);
  if (from === undefined)
    return rejected('KannelSenderRefused', 'contentRefused', 'Kannel does not accept this sender.');
  // Kannel would read a space or comma as a separator of numbers.
  if (!/^\d{3,15}$/.test(address))
    return rejected('KannelNumberRefused', 'invalidNumber', 'The number must be 3 to 15 digits.');

  const { encoding, parts } = splitSms(content);
  const common = {
    'content-type': 'text/plain; charset=UTF-8',
    'x-kannel-username': asBytes(settings.username),
    'x-kannel-password': asBytes(settings.password),
    'x-kannel-from': asBytes(from),
    // With the plus, Kannel tells the network that the number is international.
    'x-kannel-to': `+${address}`,
    // Without a coding, Kannel takes any text for GSM 03.38, and replaces other characters with question marks.
    'x-kannel-coding': encoding === 'GSM-7' ? '0' : '2',
    ...(settings.smsc === undefined ? {} : { 'x-kannel-smsc': asBytes(settings.smsc) }),
  };
  const endsAt = settings.now().getTime() + settings.timeoutMs;
  for (const [index, part] of parts.entries()) {
    const headers = {
      ...common,
      ...(parts.length === 1 ? {} : { 'x-kannel-udh': concatenation(recipientId, parts.length, index + 1) }),
      // Only the last part asks for reports: if it is missing, no report must say that the message arrived.
      ...(index < parts.length - 1 ? {} : reportHeaders(settings, recipientId)),
    };
    const timeoutMs = Math.max(endsAt - settings.now().getTime(), 1);
    const outcome = await submit({ ...settings, timeoutMs }, headers, part);
    if (outcome.outcome === 'sent') continue;
    return index === 0 ? outcome : partsMissing(outcome, index, parts.length);
  }
  // Kannel gives no id.
  return { outcome: 'sent' };
}

async function submit(
  settings: SendingSettings,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<SendOutcome> {
  try {
    const answer = await callCarrier(settings, settings.url, { method: 'POST', headers, body });
    return outcomeOf(answer, settings.now);
  } catch (error) {
    return failureOfNoAnswer(error, { idempotent });
  }
}

/** Reads smsbox's answer. "0: Accepted for delivery" and "3: Queued for later delivery" say that it has the message. */
function outcomeOf(answer: CarrierAnswer, now: () => Date): SendOutcome {
  const { status, text } = answer;
  if (status === 202) return /^[03]:/.test(text) ? { outcome: 'sent' } : inDoubt(answerIncomplete, { idempotent });
  const words = /^[^<]{1,200}$/s.test(text) ? text.trim() : '';
  const failure = failureOfStatus(answer, words, { idempotent, now });
  return status === 400 ? { ...failure, ...reasonOfRefusal(words) } : failure;
}

/** Makes the outcome if only some parts were sent. A retry would send these twice, and the phone may not show them. */
function partsMissing({ message }: Failure, taken: number, all: number): Failure {
  const words = `Kannel took ${taken} of ${all} parts, then failed: ${message}`;
  return inDoubt({ code: 'KannelPartsMissing', message: words }, { idempotent });
}

function rejected(code: string, reason: 'contentRefused' | 'invalidNumber', message: string): Failure {
  return { outcome: 'rejected', code, reason, message };
}

/**
 * Writes the sender as Kannel expects it. With a plus, Kannel tells the network that a number is international. Returns
 * undefined if the sender is empty or has a control character: a line break would begin another header.
 */
function originOf(sender: string): string | undefined {
  if (sender === '' || /\p{Cc}/u.test(sender)) return undefined;
  return /^\d+$/.test(sender) && !isShortCode(sender) ? `+${sender}` : sender;
}

/** Encodes a header's value: Kannel reads UTF-8, while `fetch` writes one byte for each character. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Makes the user data header by which a phone joins parts (3GPP TS 23.040, 9.2.3.24.1): a reference that all parts
 * share, their number, and the number of this part. The reference is derived from the recipient's id, so messages to
 * one phone seldom share it.
 */
function concatenation(recipientId: string, parts: number, part: number): string {
  const [reference = 0] = createHash('sha256').update(recipientId).digest();
  return Buffer.from([5, 0, 3, reference, parts, part]).toString('hex').toUpperCase();
}

/** Delivered (1), failed (2), refused by the SMSC (16). No reports of acceptance (4, 8): smsbox's answer says it. */
const reportMask = String(1 | 2 | 16);

/** Asks for reports. Kannel replaces `%d` with the type, `%A` with the SMSC's reply, and `%T` with Unix seconds. */
function reportHeaders(
  { webhookUrl, callbackUrl, webhookSecret }: SendingSettings,
  recipientId: string,
): Record<string, string> {
  const query = `recipient=${encodeURIComponent(recipientId)}&key=${reportKey(recipientId, webhookSecret)}`;
  const ours = `${new URL(callbackUrl ?? webhookUrl).href}?${query}`;
  return {
    'x-kannel-dlr-mask': reportMask,
    'x-kannel-dlr-url': `${ours.replaceAll('%', '%%')}&type=%d&reply=%A&at=%T`,
  };
}
