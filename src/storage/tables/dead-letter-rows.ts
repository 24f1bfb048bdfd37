import type { DeadLetter } from '../../notifications/index.ts';
import { customerPart } from '../time-ranges.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { answerColumn, answerField } from './notification-rows.ts';

/**
 * The keys of a dead letter's row. A customer's letters are one partition, and lie in it by time: both stand at the
 * beginning of the letter's id.
 */
export function deadLetterKeys(id: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: customerPart(id), rowKey: id };
}

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

/** The inverse of {@link deadLetterRow}. */
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
