import { isObject } from '../../core/json.ts';
import type { Customer, Service } from '../../operation/access.ts';
import type { Preparation } from '../../operation/define-operation.ts';
import { problem, problemLimit } from '../../operation/errors.ts';
import type { Problem } from '../../operation/errors.ts';
import type { ChunkRecipient, Protocol, ReplyLink, TemplateCall } from '../message.ts';
import { compileContent } from './personalization.ts';
import type { CompiledContent } from './personalization.ts';
import { checkAddress, checkSendDateTime, checkUrl } from './prepare-fields.ts';
import { renderText } from './render-text.ts';
import { parseSender, senderAllowed } from './sender.ts';
import { countSmsParts, maximumParts } from './sms-parts.ts';

/** The maximum number of recipients of one request. */
export const recipientLimit = 10_000;

/**
 * The maximum number of characters of a content with placeholders: 255 parts of GSM text, and room for the names of
 * placeholders.
 */
const contentLimit = 60_000;

/** A send as it will be stored: numbers in one form, parts counted, times in UTC. */
export interface PreparedSend {
  protocol: Protocol;
  sender: string;
  content: string;
  recipients: readonly ChunkRecipient[];
  /** The largest number of parts of a recipient, after personalization. */
  partCount: number;
  /** When to send; absent: at once. */
  sendAt?: Date;
  /** How many numbers are valid nowhere and were taken for national ones by their length. */
  guessedNumbers: number;
  /** Numbers that opted out: the answer names them, and nothing is sent to them. */
  optedOut: ReadonlySet<string>;
  template?: TemplateCall;
  /** Labels of the buttons below the text, if the channel has buttons. */
  buttons?: readonly string[];
  fallbackSender?: string;
  reply?: ReplyLink;
}

/** The request from which a send is prepared. */
export interface SendDraft {
  body: unknown;
  customer: Customer;
  service: Service;
  now: Date;
}

/**
 * Applies the rules of a send that its schema can't state. Takes any JSON as body and ignores what the schema refuses
 * anyway, so that schema and rules together name every problem, recipient by recipient.
 */
export function prepareSend({ body, customer, service, now }: SendDraft): Preparation<PreparedSend> {
  const fields = isObject(body) ? body : {};
  const problems: Problem[] = [];
  const sender = checkSender(fields['Sender'], service, customer, problems);
  const sendAt = checkSendDateTime(fields['SendDateTime'], customer, now, problems);
  checkUrl(fields['DlrUrl'], 'DlrUrl', problems);
  if (typeof fields['AttachmentUri'] === 'string') {
    problems.push(problem('AttachmentNotCarried', { target: 'AttachmentUri', channel: 'SMS' }));
  }
  const content = typeof fields['Content'] === 'string' ? fields['Content'] : '';
  const compiled = compileContent(content);
  const tooLong = compiled.placeholders.length > 0 && content.length > contentLimit;
  if (tooLong) {
    problems.push(
      problem('InvalidField', { target: 'Content', rule: `must be at most ${contentLimit} characters long` }),
    );
  }
  const checked = checkRecipients(tooLong ? [] : fields['Recipients'], compiled, customer, problems);
  return {
    problems,
    prepared: {
      protocol: 'SMS',
      sender,
      content,
      optedOut: new Set(),
      ...checked,
      ...(sendAt === undefined ? {} : { sendAt }),
    },
  };
}

function checkSender(value: unknown, service: Service, { region }: Customer, problems: Problem[]): string {
  if (typeof value !== 'string') return '';
  const parsed = parseSender(value, [region]);
  if (parsed !== undefined && senderAllowed(parsed, service.senders, [region])) return parsed.sender;
  problems.push(problem('SenderNotAllowed', { target: 'Sender' }));
  return '';
}

function checkRecipients(
  value: unknown,
  compiled: CompiledContent,
  customer: Customer,
  problems: Problem[],
): Pick<PreparedSend, 'recipients' | 'partCount' | 'guessedNumbers'> {
  // A text that is the same for all recipients is counted, and refused, once.
  const shared =
    compiled.placeholders.length === 0 ? checkText(renderText(compiled, []), 'Content', problems) : undefined;
  const recipients: ChunkRecipient[] = [];
  let partCount = 0;
  let guessedNumbers = 0;
  if (!Array.isArray(value) || value.length > recipientLimit) return { recipients, partCount, guessedNumbers };
  for (const [index, entry] of value.entries()) {
    if (problems.length >= problemLimit) break;
    if (!isObject(entry)) continue;
    const { Address: address, Personalization: personalization = {}, Placeholders: listed } = entry;
    const place = `Recipients[${index}]`;
    const parsed = checkAddress(address, `${place}.Address`, customer, problems);
    const given = withListed(personalization, listed, `${place}.Placeholders`, problems);
    const values = checkValues(compiled, given, `${place}.Personalization`, problems);
    const parts = shared ?? checkPersonalized(compiled, values, `${place}.Personalization`, problems);
    partCount = Math.max(partCount, parts);
    if (parsed?.guessed === true) guessedNumbers += 1;
    recipients.push({ address: parsed?.number ?? '', parts, values: values ?? [] });
  }
  return { recipients, partCount, guessedNumbers };
}

/**
 * Merges Personalization with the list of placeholders. An entry without a value is empty; a name given twice is
 * refused.
 */
function withListed(personalization: unknown, list: unknown, target: string, problems: Problem[]): unknown {
  if (!Array.isArray(list) || !isObject(personalization)) return personalization;
  const given = new Map(Object.entries(personalization));
  for (const [index, entry] of list.entries()) {
    if (problems.length >= problemLimit) break;
    const { name, value = '' } = isObject(entry) ? entry : {};
    if (typeof name !== 'string') continue;
    if (given.has(name)) {
      problems.push(problem('InvalidField', { target: `${target}[${index}].name`, rule: 'is given twice' }));
    }
    given.set(name, value);
  }
  return Object.fromEntries(given);
}

/** Returns the values of the content's placeholders, in order; undefined if one is missing. Null counts as missing. */
function checkValues(
  { placeholders }: CompiledContent,
  given: unknown,
  target: string,
  problems: Problem[],
): string[] | undefined {
  if (!isObject(given)) return undefined;
  let complete = true;
  const values = placeholders.map((name) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    complete = false;
    const missing = value === undefined || value === null;
    problems.push(
      missing
        ? problem('MissingPlaceholder', { target: `${target}.${name}`, placeholder: `$(${name})` })
        : problem('InvalidField', { target: `${target}.${name}`, rule: 'must be text, a number, true or false' }),
    );
    return '';
  });
  return complete ? values : undefined;
}

function checkPersonalized(
  compiled: CompiledContent,
  values: readonly string[] | undefined,
  target: string,
  problems: Problem[],
): number {
  if (values === undefined) return 0;
  return checkText(renderText(compiled, values), target, problems);
}

/**
 * Describes a number of parts. A text that is much too long is not rendered to its end, so its parts are not all
 * counted.
 */
function describeParts(parts: number): string {
  return parts > 2 * maximumParts ? `more than ${2 * maximumParts}` : String(parts);
}

/** Counts the parts of a rendered text. Refuses a text that no phone would show, or that has too many parts. */
export function checkText(text: string, target: string, problems: Problem[]): number {
  // The schema refuses an absent content.
  if (text === '' && target === 'Content') return 0;
  if (/^[\s\p{Cc}\p{Cf}]*$/u.test(text)) problems.push(problem('EmptyContent', { target }));
  const parts = countSmsParts(text);
  if (parts > maximumParts)
    problems.push(problem('ContentTooLong', { target, parts: describeParts(parts), limit: maximumParts }));
  return parts;
}
