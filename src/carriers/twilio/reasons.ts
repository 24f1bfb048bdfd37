import type { FailureReason } from '../../messages/index.ts';

/**
 * Reasons for Twilio's codes, in answers of its API and in reports. Each code has a page at twilio.com/docs/api/errors.
 * A code that concerns one sender or one country of recipients does not count as a wrong setting of the account, even
 * if an operator has to fix it: otherwise one customer's sender would stop everybody's messages.
 */
const reasons: ReadonlyMap<string, FailureReason> = new Map([
  // The account, its credentials, and what is the same in every call.
  ['10001', 'carrierSettings'], // Account is not active
  ['20003', 'carrierSettings'], // Permission denied
  ['20404', 'carrierSettings'], // Not found: the account, or the messaging service
  ['21609', 'carrierSettings'], // Invalid StatusCallback
  ['21701', 'carrierSettings'], // The messaging service does not exist
  ['30002', 'carrierSettings'], // Account suspended
  // The number of the recipient.
  ['21201', 'invalidNumber'], // No 'To' number
  ['21211', 'invalidNumber'], // Invalid 'To' number
  ['21217', 'invalidNumber'], // 'To' does not represent a phone number
  ['21266', 'invalidNumber'], // 'To' and 'From' are the same
  ['21604', 'invalidNumber'], // 'To' is required
  ['21614', 'invalidNumber'], // 'To' is not a mobile number
  ['21635', 'invalidNumber'], // 'To' is a landline
  ['30005', 'invalidNumber'], // Unknown destination handset
  ['63003', 'invalidNumber'], // Channel could not find the 'To' address
  ['63024', 'invalidNumber'], // Invalid message recipient
  ['63031', 'invalidNumber'], // 'To' and 'From' of a channel are the same
  ['21408', 'barred'], // Sending to this region is not enabled
  ['21608', 'barred'], // A trial account sends to verified numbers only
  ['21612', 'barred'], // 'To' is not reachable from this 'From'
  ['30004', 'barred'], // Message blocked
  ['30006', 'barred'], // Landline or unreachable carrier
  ['63032', 'barred'], // A limitation of WhatsApp on this user
  ['21610', 'optedOut'], // Unsubscribed recipient
  ['30003', 'absent'], // Unreachable destination handset
  ['30036', 'expired'], // Validity period expired
  ['63016', 'windowClosed'], // Outside the messaging window
  // The sender or the text.
  ['21212', 'contentRefused'], // Invalid 'From'
  ['21601', 'contentRefused'], // 'From' can't send SMS
  ['21602', 'contentRefused'], // Body is required
  ['21603', 'contentRefused'], // 'From' is required
  ['21606', 'contentRefused'], // 'From' is no sender of this account, or not for this destination
  ['21617', 'contentRefused'], // Body is too long
  ['21659', 'contentRefused'], // 'From' is not a Twilio number, or a short code of another country
  ['21712', 'contentRefused'], // The messaging service does not have this sender
  ['30007', 'contentRefused'], // Message filtered
  ['30034', 'contentRefused'], // Message from an unregistered number
  ['63007', 'contentRefused'], // Channel could not find the 'From' address
  ['63013', 'contentRefused'], // Against the channel's policy
  ['63021', 'contentRefused'], // Invalid content for the channel
  // Too much at once.
  ['20429', 'throttled'], // Too many requests
  ['21611', 'throttled'], // The queue of 'From' is full
  ['30001', 'throttled'], // Queue overflow
  ['30022', 'throttled'], // Rate limits exceeded
  ['63018', 'throttled'], // Rate limit of the channel exceeded
]);

/** Reasons that don't concern the message: it can be sent later, or after an operator has fixed something. */
const passing: ReadonlySet<FailureReason> = new Set(['throttled', 'carrierSettings', 'carrierUnavailable']);

/** Returns the reason for a code; undefined if the code is unknown. */
export function reasonOf(code: string): FailureReason | undefined {
  return reasons.get(code);
}

/** Returns the outcome for a message that the API refuses for this reason. */
export function outcomeOf(reason: FailureReason): 'rejected' | 'retry' {
  return passing.has(reason) ? 'retry' : 'rejected';
}
