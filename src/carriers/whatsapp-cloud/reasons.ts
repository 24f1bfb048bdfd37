import type { DeliveryReport, FailureReason } from '../../messages/index.ts';
import type { Failure } from '../call.ts';
import type { GraphError } from './graph-error.ts';

/** What an error comes to. */
interface Meaning {
  outcome: Exclude<Failure['outcome'], 'unknown'>;
  reason: FailureReason;
  retryAfterSeconds?: number;
}

const throttled: Meaning = { outcome: 'retry', reason: 'throttled' };
const unavailable: Meaning = { outcome: 'retry', reason: 'carrierUnavailable' };
const settings: Meaning = { outcome: 'retry', reason: 'carrierSettings' };
const refused: Meaning = { outcome: 'rejected', reason: 'contentRefused' };
const barred: Meaning = { outcome: 'rejected', reason: 'barred' };
const invalidNumber: Meaning = { outcome: 'rejected', reason: 'invalidNumber' };
const template: Meaning = { outcome: 'rejected', reason: 'templateTrouble' };

/** Permissions that a token lacks: Graph keeps a hundred codes for them. */
const permissionCodes = Array.from({ length: 100 }, (_, index) => 200 + index);

/**
 * What Meta's codes mean (Cloud API, "Error codes"), for an answer and for a report alike. What is only about one message
 * must not look like a fault of settings, which would stop all others: so 100, 131008 and 131009 are refusals, except
 * for an object that the token can't see.
 */
const meanings: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // Too many calls of the app, of the account, or messages of the number.
  [4, throttled],
  [80007, throttled],
  [130429, throttled],
  // Too many that were blocked or reported lately. Nobody says how long that lasts.
  [131048, { ...throttled, retryAfterSeconds: 600 }],
  // Too many from one number to the same recipient: one in six seconds is safe.
  [131056, { ...throttled, retryAfterSeconds: 6 }],
  [2, unavailable],
  [131000, unavailable],
  [131016, unavailable],
  [131057, unavailable],
  [133004, unavailable],
  // The token, the app, the number or the account is not (or not any more) as it must be.
  ...[0, 3, 10, 33, 190, 368, ...permissionCodes].map((code) => [code, settings] as const),
  ...[131005, 131031, 131037, 131042, 131045, 133000, 133006, 133010].map((code) => [code, settings] as const),
  [100, refused],
  [131008, refused],
  [131009, refused],
  [131051, refused],
  [131052, refused],
  [131053, refused],
  // It has no WhatsApp, an old one, or hasn't agreed to its terms.
  [131026, barred],
  // Not on the list of those whom a test number may write to.
  [131030, barred],
  // Part of an experiment of Meta's, who get no marketing.
  [130472, barred],
  // The sender's own number.
  [131021, invalidNumber],
  [131047, { outcome: 'rejected', reason: 'windowClosed' }],
  [131049, { outcome: 'rejected', reason: 'recipientCapped' }],
  [131050, { outcome: 'rejected', reason: 'optedOut' }],
  ...[132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069].map((code) => [code, template] as const),
]);

/** The object of a call doesn't exist, or the token can't see it. */
const invisibleObject = { code: 100, subcode: 33 };

/** What an error means; undefined where its code is not known. */
export function meaningOf({ code, subcode }: GraphError): Meaning | undefined {
  if (code === invisibleObject.code && subcode === invisibleObject.subcode) return settings;
  return meanings.get(code);
}

/** How it ends for a recipient; where nothing else is said, sending failed. */
const endings = new Map<FailureReason, DeliveryReport['status']>([
  ['barred', 'undelivered'],
  ['invalidNumber', 'undelivered'],
  ['recipientCapped', 'undelivered'],
  ['windowClosed', 'rejected'],
  ['optedOut', 'rejected'],
  ['contentRefused', 'rejected'],
  ['templateTrouble', 'rejected'],
]);

/** The status of a recipient of whom Meta reports that sending failed, and why. */
export function endingOf(error: GraphError | undefined): { status: DeliveryReport['status']; reason: FailureReason } {
  const reason = (error === undefined ? undefined : meaningOf(error)?.reason) ?? 'other';
  return { status: endings.get(reason) ?? 'failed', reason };
}
