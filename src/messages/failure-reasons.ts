/*
 * Reasons why a recipient did not get a message, the same for all carriers. `retryable` says whether the same message
 * to the same recipient may arrive if it is sent again later. `remedy` says what the sender or an operator can do.
 */
interface ReasonEntry {
  retryable: boolean;
  remedy: string;
}

const failureReasons = {
  invalidNumber: { retryable: false, remedy: 'Check the number.' },
  barred: { retryable: false, remedy: 'The number does not accept such messages. Use another number.' },
  optedOut: { retryable: false, remedy: 'Do not send again unless they opt in.' },
  absent: { retryable: true, remedy: 'The phone was off or out of reach. Send again later.' },
  expired: { retryable: true, remedy: 'The phone was out of reach until the message expired. Send again later.' },
  contentRefused: { retryable: false, remedy: 'Change the sender or the text.' },
  windowClosed: {
    retryable: false,
    remedy:
      'Send an approved template, or wait until the recipient writes. WhatsApp takes free text for 24 hours after that.',
  },
  templateTrouble: { retryable: false, remedy: 'Correct the template or its values.' },
  recipientCapped: {
    retryable: true,
    remedy: 'WhatsApp limits the marketing messages that one person gets from all businesses. Send again another day.',
  },
  throttled: { retryable: true, remedy: 'Send again later, and spread large sends over time.' },
  carrierUnavailable: {
    retryable: true,
    remedy: 'Send again later. If it happens again, show your administrator the Error Message.',
  },
  carrierSettings: { retryable: false, remedy: "Ask your administrator to check the carrier's settings." },
  noReport: { retryable: false, remedy: 'The message may have arrived. Ask the recipient before you send again.' },
  inDoubt: { retryable: false, remedy: 'The message may have arrived. Ask the recipient before you send again.' },
  ownFailure: { retryable: true, remedy: 'Send again. If it happens again, give your administrator the Message Id.' },
  canceled: {
    retryable: true,
    remedy: 'Your administrator canceled the message. Send it again if it is still wanted.',
  },
  forgotten: { retryable: false, remedy: "The recipient's data was deleted on request." },
  other: { retryable: false, remedy: 'See Error Code and Error Message.' },
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
