import type { DeliveryReport, FailureReason } from '../../messages/index.ts';

/** A recipient's status and reason, from a report. */
interface ReportResult {
  status: DeliveryReport['status'];
  reason: FailureReason;
}

/**
 * What the codes of SMS reports mean. Only 5002 is documented: the phone's network sent no report in time, which is not
 * a failure. The others are general knowledge that no document at hand confirms; reports also carry the carrier's own
 * words.
 */
const smsCodes: ReadonlyMap<string, ReportResult> = new Map<string, ReportResult>([
  ['4000', { status: 'rejected', reason: 'barred' }],
  ['4001', { status: 'rejected', reason: 'contentRefused' }],
  ['4002', { status: 'rejected', reason: 'invalidNumber' }],
  ['4003', { status: 'rejected', reason: 'barred' }],
  ['4004', { status: 'undelivered', reason: 'invalidNumber' }],
  ['4005', { status: 'undelivered', reason: 'contentRefused' }],
  ['4006', { status: 'undelivered', reason: 'absent' }],
  ['4007', { status: 'rejected', reason: 'optedOut' }],
  ['4008', { status: 'failed', reason: 'throttled' }],
  ['4009', { status: 'rejected', reason: 'carrierSettings' }],
  ['4010', { status: 'rejected', reason: 'carrierSettings' }],
  ['5000', { status: 'undelivered', reason: 'other' }],
  ['5001', { status: 'undelivered', reason: 'carrierUnavailable' }],
  ['5002', { status: 'unknown', reason: 'noReport' }],
  ['9999', { status: 'undelivered', reason: 'other' }],
]);

/** Words in reports without a code. Published examples have words only (`No error.`, and those of the SMS FAQ). */
const smsWords: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/sender blocked/i, '4007'],
  [/delivery timeout/i, '5002'],
];

/** Reads the details (`deliveryStatusDetails`) of a report about a message that was not delivered. */
export function endingOf(details: string): ReportResult & { code: string } {
  const code =
    /\b[2459]\d{3}\b/.exec(details)?.[0] ??
    smsWords.find(([pattern]) => pattern.test(details))?.[1] ??
    'DeliveryFailed';
  return { ...(smsCodes.get(code) ?? { status: 'undelivered', reason: 'other' }), code };
}

/** What the words of a refusal (400) mean. Refusals differ only in their words. */
export const refusalReasons: readonly (readonly [pattern: RegExp, reason: FailureReason])[] = [
  [/\bto phone number\b/i, 'invalidNumber'],
];
