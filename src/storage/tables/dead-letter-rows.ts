import type { DeadLetter } from '../../notifications/index.ts';
import { customerPart } from '../ids-by-time.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { answerColumn, answerField } from './notification-rows.ts';

/**
 * Returns the keys of a dead letter's row. The dead letters of a customer are one partition, sorted by time: a dead
 * letter's id begins with the customer's part and the time.
 */
export function deadLetterKeys(id: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: customerPart(id), rowKey: id };
}

/**
 * Converts a dead letter to its row. The payload is a long text; an absent last answer is an empty text.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function deadLetterRow(letter: DeadLetter) {
  const { id, inboundId, customerId, serviceId, pipelineId, subscriptionKey, callbackUrl, reason, attempts } = letter;
  return guardEntitySize({
    ...deadLetterKeys(id),
    inboundId,
    customerId,
    serviceId,
    pipelineId,
    subscriptionKey,
    callbackUrl,
    reason,
    attempts,
    ...writeLongText('payload', letter.payload),
    lastAnswer: answerColumn(letter.lastAnswer),
    since: letter.since.toISOString(),
    givenUpAt: letter.givenUpAt.toISOString(),
  });
}

/** Converts a row to its dead letter; the inverse of {@link deadLetterRow}. */
export function deadLetterOf(row: Row): DeadLetter {
  return {
    id: String(row['rowKey']),
    inboundId: String(row['inboundId']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    pipelineId: String(row['pipelineId']),
    subscriptionKey: String(row['subscriptionKey']),
    callbackUrl: String(row['callbackUrl']),
    payload: readLongText('payload', row),
    reason: String(row['reason']),
    attempts: Number(row['attempts']),
    ...answerField(row['lastAnswer']),
    since: new Date(String(row['since'])),
    givenUpAt: new Date(String(row['givenUpAt'])),
  };
}
