import type { DeliveryReport } from '../../messages/index.ts';
import { textOf, objectsOf } from '../fields.ts';
import { timeOf } from './fields.ts';
import type { Fields } from '../fields.ts';
import { readGraphError } from './graph-error.ts';
import { endingOf } from './reasons.ts';

/** Our statuses for Meta's words. `played` means that the person has listened to a voice message. */
const statuses = new Map<unknown, DeliveryReport['status']>([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
]);

/**
 * Reads a status of a message; returns undefined if it is not a report on a message of ours. Meta always returns the id
 * that we sent with a message, so a status without an id concerns a message that somebody else sent from the same
 * number.
 */
export function readStatus(value: Fields): DeliveryReport | undefined {
  const recipientId = textOf(value['biz_opaque_callback_data']);
  const at = timeOf(value['timestamp']);
  if (recipientId === undefined || at === undefined) return undefined;
  const status = statuses.get(value['status']);
  if (status !== undefined) return { recipientId, status, at };
  if (value['status'] !== 'failed') return undefined;
  const error = readGraphError(objectsOf(value['errors'])[0]);
  const failure =
    error === undefined ? { code: 'Failed', words: '' } : { code: String(error.code), words: error.words };
  const message = failure.words === '' ? 'WhatsApp says that sending failed.' : failure.words;
  return { recipientId, ...endingOf(error), code: failure.code, message, at };
}
