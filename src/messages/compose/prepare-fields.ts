import type { Customer } from '../../operation/access.ts';
import { isDateTime, parseDateTime } from '../../core/date-time.ts';
import { problem } from '../../operation/errors.ts';
import type { Problem } from '../../operation/errors.ts';
import { parsePhoneNumber } from '../../phone-numbers/index.ts';
import type { ParsedPhoneNumber } from '../../phone-numbers/index.ts';
import type { DlrUrlDeps } from '../deps.ts';

/*
 * Rules that every send shares. Each takes a field of the request, which can be any JSON, ignores what the schema
 * refuses, and adds every other problem to the list.
 */

const urlLimit = 2_000;

/** Reads when to send. Undefined means at once. Another rule refuses a text that is not a date. */
export function checkSendDateTime(
  value: unknown,
  customer: Customer,
  now: Date,
  problems: Problem[],
): Date | undefined {
  if (typeof value !== 'string' || !isDateTime(value)) return undefined;
  const sendAt = parseDateTime(value, customer.timeZone);
  const horizon = new Date(now);
  horizon.setUTCFullYear(horizon.getUTCFullYear() + 1);
  if (sendAt > horizon) problems.push(problem('DateTooFarAhead', { target: 'SendDateTime' }));
  return sendAt > now ? sendAt : undefined;
}

/** Checks that an address is absolute, http or https, and short enough to be stored. */
export function checkUrl(value: unknown, target: string, problems: Problem[]): void {
  if (typeof value !== 'string') return;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) problems.push(problem('InvalidUrl', { target }));
  else if (value.length > urlLimit) {
    problems.push(problem('InvalidField', { target, rule: `must be at most ${urlLimit} characters long` }));
  }
}

/** Refuses a DlrUrl that would never be called: its sender would wait for ever. */
export function checkDlrUrl(value: unknown, { messages }: DlrUrlDeps, problems: Problem[]): void {
  if (typeof value !== 'string' || problems.some(({ target }) => target === 'DlrUrl')) return;
  const rule = messages.checkDlrUrl(value);
  if (rule !== undefined) problems.push(problem('CallbackRefused', { target: 'DlrUrl', rule }));
}

/** Reads a recipient's number; undefined if it is not a phone number. */
export function checkAddress(
  value: unknown,
  target: string,
  { region }: Customer,
  problems: Problem[],
): ParsedPhoneNumber | undefined {
  if (typeof value !== 'string') return undefined;
  const parsed = parsePhoneNumber(value, [region]);
  if (parsed === undefined) problems.push(problem('InvalidPhoneNumber', { target }));
  return parsed;
}
