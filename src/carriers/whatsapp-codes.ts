import type { FailureReason } from '../messages/index.ts';

/** Codes for missing permissions of the token: Graph reserves a hundred. */
const permissionCodes = Array.from({ length: 100 }, (_, index) => 200 + index);

/**
 * What WhatsApp's codes mean (Meta's Cloud API, "Error codes"), whichever carrier reports them. A code that concerns
 * only one message must not count as a wrong setting, so 100, 131008 and 131009 are refusals of the content.
 */
const reasons: ReadonlyMap<number, FailureReason> = new Map<number, FailureReason>([
  // Too many calls of the app or account, messages of the number, blocked or reported messages, or to one recipient.
  ...codes('throttled', 4, 80007, 130429, 131048, 131056),
  ...codes('carrierUnavailable', 2, 131000, 131016, 131057, 133004),
  // The token, the app, the number or the account is not valid, or no longer valid.
  ...codes('carrierSettings', 0, 3, 10, 33, 190, 368, ...permissionCodes),
  ...codes('carrierSettings', 131005, 131031, 131037, 131042, 131045, 133000, 133006, 133010),
  ...codes('contentRefused', 100, 131008, 131009, 131051, 131052, 131053),
  // The recipient has no WhatsApp, an old version, or hasn't accepted its terms.
  ...codes('barred', 131026),
  // The sender is a test number, and the recipient is not on its list.
  ...codes('barred', 131030),
  // The recipient is in an experiment of Meta's, and gets no marketing messages.
  ...codes('barred', 130472),
  // The recipient is the sender's own number.
  ...codes('invalidNumber', 131021),
  ...codes('windowClosed', 131047),
  ...codes('recipientCapped', 131049),
  ...codes('optedOut', 131050),
  ...codes('templateTrouble', 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069),
]);

function codes(reason: FailureReason, ...numbers: number[]): [code: number, reason: FailureReason][] {
  return numbers.map((number) => [number, reason]);
}

/** Returns the reason for one of WhatsApp's codes; undefined if the code is unknown. */
export function whatsAppReason(code: number): FailureReason | undefined {
  return reasons.get(code);
}
