import type { FailureReason } from '../../messages/index.ts';

/** What smsbox says where it refuses a message (gw/smsbox.c of Kannel 1.4.5), as far as it's about the message. */
const refusals: ReadonlyMap<string, FailureReason> = new Map([
  ['Number(s) has/have been denied by white- and/or black-lists.', 'barred'],
  ['Missing receiver(s) number(s), rejected', 'invalidNumber'],
  ['Empty receiver number not allowed, rejected', 'invalidNumber'],
]);

/** The reason that smsbox's words stand for, as a field; none where they are not known. */
export function reasonOfRefusal(words: string): { reason?: FailureReason } {
  const reason = refusals.get(words);
  return reason === undefined ? {} : { reason };
}

/** Command status of an SMSC's answer (SMPP 3.4, 5.1.3). What isn't here says nothing that a sender could act on. */
const commandStatuses: ReadonlyMap<number, FailureReason> = new Map([
  // Message length.
  [0x01, 'contentRefused'],
  // Bind status, system error: nothing that is wrong with the message.
  [0x04, 'carrierUnavailable'],
  [0x08, 'carrierUnavailable'],
  // Priority, and whether a receipt is wanted: Kannel's configuration.
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
  // ESM class; submitting to a list, which Kannel doesn't.
  [0x43, 'carrierSettings'],
  // Type of number and numbering plan, of source and destination.
  [0x48, 'carrierSettings'],
  [0x49, 'carrierSettings'],
  [0x50, 'carrierSettings'],
  [0x51, 'carrierSettings'],
  // System type, replacing.
  [0x53, 'carrierSettings'],
  [0x54, 'carrierSettings'],
  // Throttled.
  [0x58, 'throttled'],
  // Time of delivery, validity.
  [0x61, 'carrierSettings'],
  [0x62, 'carrierSettings'],
  // Receiving end: for now.
  [0x64, 'carrierUnavailable'],
]);

/** The reason that a command status stands for. */
export function reasonOfCommandStatus(code: string): FailureReason {
  return commandStatuses.get(Number(code)) ?? 'other';
}
