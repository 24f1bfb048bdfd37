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

/** What WhatsApp's codes mean, which the carrier hands on (Meta's Cloud API, error codes). */
const whatsAppCodes: ReadonlyMap<string, FailureReason> = new Map<string, FailureReason>([
  ...codes('invalidNumber', 131021, 131026),
  ...codes('barred', 130472, 131030, 131049),
  ...codes('optedOut', 131050),
  ...codes('windowClosed', 131047),
  ...codes('contentRefused', 131051, 131052, 131053),
  ...codes('contentRefused', 132000, 132001, 132005, 132007, 132012, 132015, 132016),
  ...codes('throttled', 4, 80007, 130429, 131048, 131056),
  ...codes('carrierUnavailable', 1, 2, 131000, 131016, 133004),
  ...codes('carrierSettings', 0, 3, 10, 190, 200, 131005, 131008, 131009, 131031, 131042, 133010),
]);

function codes(reason: FailureReason, ...numbers: number[]): [code: string, reason: FailureReason][] {
  return numbers.map((number) => [String(number), reason]);
}

/** What WhatsApp's code means. */
export function whatsAppReason(code: string): FailureReason {
  return whatsAppCodes.get(code) ?? 'other';
}

/** What words of a refusal (400) mean; they are all that tells one from the other. */
export const refusalReasons: readonly (readonly [pattern: RegExp, reason: FailureReason])[] = [
  [/\bto phone number\b/i, 'invalidNumber'],
];
