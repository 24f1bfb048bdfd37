import type { DeliveryReport, FailureReason } from '../../messages/index.ts';

/** What a report says became of a recipient. */
interface Ending {
  status: DeliveryReport['status'];
  reason: FailureReason;
}

/**
 * What codes of SMS reports mean. 5002 is documented: the phone's network sent no report in time, which is no failure.
 * The others are general knowledge that no document at hand confirms; the carrier's own words stand beside each.
 */
const smsCodes: ReadonlyMap<string, Ending> = new Map<string, Ending>([
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

/** What stands in reports that name no code: published examples have words alone (`No error.`, and those of the SMS FAQ). */
const smsWords: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/sender blocked/i, '4007'],
  [/delivery timeout/i, '5002'],
];

/** What a report's details (`deliveryStatusDetails`) of a message that was not delivered come to. */
export function endingOf(details: string): Ending & { code: string } {
  const code =
    /\b[2459]\d{3}\b/.exec(details)?.[0] ??
    smsWords.find(([pattern]) => pattern.test(details))?.[1] ??
    'DeliveryFailed';
  return { ...(smsCodes.get(code) ?? { status: 'undelivered', reason: 'other' }), code };
}

/** What words of a refusal (400) mean; they are all that tells one from the other. */
export const refusalReasons: readonly (readonly [pattern: RegExp, reason: FailureReason])[] = [
  [/\bto phone number\b/i, 'invalidNumber'],
];
