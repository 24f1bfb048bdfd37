import { createHash } from 'node:crypto';

import { splitSms } from '../../messages/index.ts';
import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { isShortCode } from '../../phone-numbers/index.ts';
import { answerIncomplete, callCarrier, failureOfSilence, failureOfStatus, inDoubt } from '../call.ts';
import type { CarrierAnswer, Failure, HttpDeps } from '../call.ts';
import { reportKey } from './keys.ts';
import { reasonOfRefusal } from './reasons.ts';
import type { KannelSettings } from './settings.ts';

/** What sending works with. */
export interface SendingSettings extends HttpDeps, KannelSettings {
  /** Where reports come to, without a query. */
  webhookUrl: string;
  now: () => Date;
}

const idempotent = false;

/**
 * Hands a batch to smsbox, in a call for each part of each message (Kannel user's guide, "SMS-push over HTTP POST":
 * headers in place of the query, so that credentials and numbers stand in no log). Never rejects.
 *
 * All parts are cut here. Kannel would divide surrogate pairs, and cut off what exceeds `max-messages` of its
 * configuration, which is 1 unless an operator says more.
 */
export function send(settings: SendingSettings, { sender, recipients }: OutboundBatch): Promise<SendOutcome[]> {
  return Promise.all(recipients.map((recipient) => sendTo(settings, sender, recipient)));
}

async function sendTo(settings: SendingSettings, sender: string, recipient: OutboundRecipient): Promise<SendOutcome> {
  const { address, content, recipientId } = recipient;
  const from = originOf(sender);
  if (from === undefined)
    return rejected('KannelSenderRefused', 'contentRefused', 'The sender is none that Kannel takes.');
  // A blank or comma would make several numbers of it.
  if (!/^\d{3,15}$/.test(address))
    return rejected('KannelNumberRefused', 'invalidNumber', 'The number has other characters than digits.');

  const { encoding, parts } = splitSms(content);
  const common = {
    'content-type': 'text/plain; charset=UTF-8',
    'x-kannel-username': asBytes(settings.username),
    'x-kannel-password': asBytes(settings.password),
    'x-kannel-from': asBytes(from),
    // With the plus, Kannel tells the network that the number is international.
    'x-kannel-to': `+${address}`,
    // Kannel takes any text for GSM 03.38 unless told, and writes question marks.
    'x-kannel-coding': encoding === 'GSM-7' ? '0' : '2',
    ...(settings.smsc === undefined ? {} : { 'x-kannel-smsc': asBytes(settings.smsc) }),
  };
  const endsAt = settings.now().getTime() + settings.timeoutMs;
  for (const [index, part] of parts.entries()) {
    const headers = {
      ...common,
      ...(parts.length === 1 ? {} : { 'x-kannel-udh': concatenation(recipientId, parts.length, index + 1) }),
      // Of the last part only: where it is missing, no report may say that the message arrived.
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
    return failureOfSilence(error, { idempotent });
  }
}

/** "0: Accepted for delivery" and "3: Queued for later delivery" are what smsbox says where it has the message. */
function outcomeOf(answer: CarrierAnswer, now: () => Date): SendOutcome {
  const { status, text } = answer;
  if (status === 202) return /^[03]:/.test(text) ? { outcome: 'sent' } : inDoubt(answerIncomplete, { idempotent });
  const words = /^[^<]{1,200}$/s.test(text) ? text.trim() : '';
  const failure = failureOfStatus(answer, words, { idempotent, now });
  return status === 400 ? { ...failure, ...reasonOfRefusal(words) } : failure;
}

/** Some parts are on their way: sent again, they would arrive twice, and the phone may or may not show them. */
function partsMissing({ message }: Failure, taken: number, all: number): Failure {
  const words = `Kannel took ${taken} of ${all} parts, and then: ${message}`;
  return inDoubt({ code: 'KannelPartsMissing', message: words }, { idempotent });
}

function rejected(code: string, reason: 'contentRefused' | 'invalidNumber', message: string): Failure {
  return { outcome: 'rejected', code, reason, message };
}

/**
 * The sender as Kannel wants it: with a plus, Kannel tells the network that a number is international. Undefined where
 * it is empty or has a line break, which would begin another header.
 */
function originOf(sender: string): string | undefined {
  if (sender === '' || /\p{Cc}/u.test(sender)) return undefined;
  return /^\d+$/.test(sender) && !isShortCode(sender) ? `+${sender}` : sender;
}

/** A header's value in UTF-8, which Kannel reads; `fetch` writes a byte for each character. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * The header by which a phone joins parts (3GPP TS 23.040, 9.2.3.24.1): one number for all parts, how many, and which.
 * The number follows from the recipient, so that messages to one phone seldom share one.
 */
function concatenation(recipientId: string, parts: number, part: number): string {
  const [reference = 0] = createHash('sha256').update(recipientId).digest();
  return Buffer.from([5, 0, 3, reference, parts, part]).toString('hex').toUpperCase();
}

/** Delivered (1), failed (2), refused by the SMSC (16). That Kannel or the SMSC has it (4, 8) is known by the answer. */
const reportMask = String(1 | 2 | 16);

/** Asks for reports; `%d`, `%A` and `%T` are Kannel's for their type, the SMSC's words and Unix seconds. */
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
