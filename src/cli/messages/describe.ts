import { count } from '../../core/plural.ts';
import { foldMessage } from '../../messages/index.ts';
import type { CancelResult, Chunk, RecipientState, StoredMessage } from '../../messages/index.ts';
import { withoutQuery } from '../without-query.ts';

/** Says that no message has this id. */
export function notAMessage(id: string): string {
  return `${id} is not a message`;
}

/**
 * Describes what became of a message: a line for the message, and for each chunk and recipient. As in the log, texts
 * are left out, and only the last three digits of numbers are shown.
 */
export function describeMessage(message: StoredMessage): string[] {
  const { header, chunks, fallbacks } = message;
  const { messageId, customerId, serviceId, protocol, sender, recipientCount } = header;
  const { acceptedAt, sendAt, requestId, dlrUrl } = header;
  const recipients = count(recipientCount, 'recipient');
  const details = [
    `accepted ${acceptedAt.toISOString()}`,
    ...(sendAt === undefined ? [] : [`due ${sendAt.toISOString()}`]),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
    ...(dlrUrl === undefined ? [] : [`calls ${withoutQuery(dlrUrl)}`]),
  ];
  return [
    `${messageId}  ${protocol} from ${sender} of ${customerId}/${serviceId} to ${recipients}`,
    `  ${details.join(', ')}`,
    ...[...chunks, ...fallbacks].map(describeChunk),
    ...foldMessage(message).map(describeRecipient),
  ];
}

/** Describes a chunk in one line: its attempts, its carrier, and what is still to come. */
export function describeChunk({
  index,
  carrier,
  attempts,
  inFlight,
  leasedUntil,
  notBefore,
  updatedAt,
}: Pick<Chunk, 'index' | 'carrier' | 'attempts' | 'inFlight' | 'leasedUntil' | 'notBefore' | 'updatedAt'>): string {
  const by = carrier === undefined ? '' : ` by ${carrier}`;
  return [
    `  chunk ${index}: ${count(attempts, 'attempt')}${by}, changed ${updatedAt.toISOString()}`,
    // If the worker didn't record which recipients it has, it has all that wait.
    ...(leasedUntil === undefined ? [] : [`${inFlight?.length ?? 'all'} in flight until ${leasedUntil.toISOString()}`]),
    ...(leasedUntil !== undefined || inFlight === undefined ? [] : [`${inFlight.length} in doubt`]),
    ...(notBefore === undefined ? [] : [`next attempt due ${notBefore.toISOString()}`]),
  ].join(', ');
}

/**
 * Describes a recipient in one line, with the carrier's own ids of the message, for which the carrier's support asks.
 */
export function describeRecipient({ history, ...state }: RecipientState): string {
  const { id, address, status, note, updatedAt } = state;
  const references = (history ?? [state]).flatMap(({ reference }) => reference ?? []);
  return [
    `  ${id}  …${address.slice(-3)}  ${status}  ${updatedAt.toISOString()}`,
    ...references.map((reference) => `reference ${reference}`),
    ...(note === undefined ? [] : [`${note.code} (${note.reason ?? 'other'}): ${note.message}`]),
  ].join('  ');
}

/** Says for how many recipients a message is cancelled, or why it is not. */
export function describeCancellation(messageId: string, result: CancelResult): string {
  if (result.outcome !== 'done') {
    if (result.outcome === 'missing') return notAMessage(messageId);
    return `${messageId} was not scheduled, so it can't be cancelled`;
  }
  const { canceled, kept } = result;
  const late = kept === 0 ? '' : `; for ${count(kept, 'recipient')} it was too late`;
  return `${messageId} is cancelled for ${count(canceled, 'recipient')}${late}`;
}
