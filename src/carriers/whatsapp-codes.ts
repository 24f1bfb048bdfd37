import type { FailureReason } from '../messages/index.ts';

/** Permissions that a token lacks: Graph keeps a hundred codes for them. */
const permissionCodes = Array.from({ length: 100 }, (_, index) => 200 + index);

/**
 * What WhatsApp's codes mean (Meta's Cloud API, "Error codes"), whoever hands them on. What is only about one message must
 * not look like a fault of settings: so 100, 131008 and 131009 are refusals of the content.
 */
const reasons: ReadonlyMap<number, FailureReason> = new Map<number, FailureReason>([
  // Too many calls of the app or the account, messages of the number, blocked or reported ones, or to one recipient.
  ...codes('throttled', 4, 80007, 130429, 131048, 131056),
  ...codes('carrierUnavailable', 2, 131000, 131016, 131057, 133004),
  // The token, the app, the number or the account is not (or not any more) as it must be.
  ...codes('carrierSettings', 0, 3, 10, 33, 190, 368, ...permissionCodes),
  ...codes('carrierSettings', 131005, 131031, 131037, 131042, 131045, 133000, 133006, 133010),
  ...codes('contentRefused', 100, 131008, 131009, 131051, 131052, 131053),
  // It has no WhatsApp, an old one, or hasn't agreed to its terms.
  ...codes('barred', 131026),
  // Not on the list of those whom a test number may write to.
  ...codes('barred', 131030),
  // Part of an experiment of Meta's, who get no marketing.
  ...codes('barred', 130472),
  // The sender's own number.
  ...codes('invalidNumber', 131021),
  ...codes('windowClosed', 131047),
  ...codes('recipientCapped', 131049),
  ...codes('optedOut', 131050),
  ...codes('templateTrouble', 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069),
]);

function codes(reason: FailureReason, ...numbers: number[]): [code: number, reason: FailureReason][] {
  return numbers.map((number) => [number, reason]);
}

/** What a code of WhatsApp's means; undefined where it is not known. */
export function whatsAppReason(code: number): FailureReason | undefined {
  return reasons.get(code);
}
