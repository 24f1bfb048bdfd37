/*
 * Reasons why a recipient did not get a message, the same for all carriers. `retryable` says whether the same message
 * to the same recipient may arrive if it is sent again later. `remedy` says what the sender or an operator can do.
 */
interface ReasonEntry {
  retryable: boolean;
  remedy: string;
}

const failureReasons = {
  invalidNumber: { retryable: false, remedy: 'Verify the number.' },
  barred: { retryable: false, remedy: 'The number takes no such messages; use another one.' },
  optedOut: { retryable: false, remedy: 'Respect the wish, or have the recipient opt in again.' },
  absent: { retryable: true, remedy: 'The phone was off or out of reach; send again later.' },
  expired: { retryable: true, remedy: 'The phone was out of reach until the message expired; send again later.' },
  contentRefused: { retryable: false, remedy: 'Change the sender or the text.' },
  windowClosed: {
    retryable: false,
    remedy:
      'Send an approved template, or wait until the recipient writes: WhatsApp takes texts for 24 hours after that.',
  },
  templateTrouble: { retryable: false, remedy: 'Correct the template, or what fills it.' },
  recipientCapped: {
    retryable: true,
    remedy: 'WhatsApp limits how much marketing a recipient gets from all businesses; send again another day.',
  },
  throttled: { retryable: true, remedy: 'Send again later, and spread large sends.' },
  carrierUnavailable: { retryable: true, remedy: 'Send again later; an operator can see what the carrier said.' },
  carrierSettings: { retryable: false, remedy: "Ask an operator to verify the carrier's settings." },
  noReport: { retryable: false, remedy: 'The message may have arrived: ask the recipient before sending again.' },
  inDoubt: { retryable: false, remedy: 'The message may have arrived: ask the recipient before sending again.' },
  ownFailure: { retryable: true, remedy: 'Send again; if it stays, tell an operator the message id.' },
  canceled: { retryable: true, remedy: 'An operator cancelled the message; send it again if it is wanted.' },
  forgotten: { retryable: false, remedy: 'What was known of the recipient was deleted on request.' },
  other: { retryable: false, remedy: "The carrier's code and words say more." },
} as const satisfies Record<string, ReasonEntry>;

/** Why a recipient did not get a message. */
export type FailureReason = keyof typeof failureReasons;

/** Looks up whether a reason is retryable, and its remedy. An unknown reason counts as `other`. */
export function aboutReason(reason: string): ReasonEntry {
  return failureReasons[isFailureReason(reason) ? reason : 'other'];
}

/** Tells whether a text is one of our reasons. */
export function isFailureReason(text: string): text is FailureReason {
  return Object.hasOwn(failureReasons, text);
}
