import type { FailureReason } from '../../messages/index.ts';

/** Texts with which smsbox refuses a message for a reason in the message itself (gw/smsbox.c of Kannel 1.4.5). */
const refusals: ReadonlyMap<string, FailureReason> = new Map([
  ['Number(s) has/have been denied by white- and/or black-lists.', 'barred'],
  ['Missing receiver(s) number(s), rejected', 'invalidNumber'],
  ['Empty receiver number not allowed, rejected', 'invalidNumber'],
]);

/** Returns the reason for a text of smsbox, as a field; no field if the text is unknown. */
export function reasonOfRefusal(words: string): { reason?: FailureReason } {
  const reason = refusals.get(words);
  return reason === undefined ? {} : { reason };
}

/** Command status of an SMSC's answer (SMPP 3.4, 5.1.3). The others give no reason that a sender could act on. */
const commandStatuses: ReadonlyMap<number, FailureReason> = new Map([
  // Message length.
  [0x01, 'contentRefused'],
  // Bind status, system error: nothing is wrong with the message.
  [0x04, 'carrierUnavailable'],
  [0x08, 'carrierUnavailable'],
  // Priority, registered delivery: set by Kannel's configuration.
  [0x06, 'carrierSettings'],
  [0x07, 'carrierSettings'],
  // Source and destination address.
  [0x0a, 'contentRefused'],
  [0x0b, 'invalidNumber'],
  // Bind failed, password, system id.
  [0x0d, 'carrierSettings'],
  [0x0e, 'carrierSettings'],
  [0x0f, 'carrierSettings'],
  // Message queue full.
  [0x14, 'throttled'],
  // Service type.
  [0x15, 'carrierSettings'],
  // ESM class.
  [0x43, 'carrierSettings'],
  // Type of number and numbering plan, of source and of destination.
  [0x48, 'carrierSettings'],
  [0x49, 'carrierSettings'],
  [0x50, 'carrierSettings'],
  [0x51, 'carrierSettings'],
  // System type, replacing.
  [0x53, 'carrierSettings'],
  [0x54, 'carrierSettings'],
  // Throttled.
  [0x58, 'throttled'],
  // Scheduled delivery time, validity period.
  [0x61, 'carrierSettings'],
  [0x62, 'carrierSettings'],
  // The receiving side has a temporary error.
  [0x64, 'carrierUnavailable'],
]);

/** Returns the reason for a command status; `other` if it is not in the table. */
export function reasonOfCommandStatus(code: string): FailureReason {
  return commandStatuses.get(Number(code)) ?? 'other';
}
