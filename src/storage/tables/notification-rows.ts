import type { CallbackAnswer } from '../../http-delivery/index.ts';
import type {
  ChunkState,
  RetryNotification,
  RetryProgress,
  NotificationChunk,
  NotificationProgress,
  Target,
  WaitingNotification,
} from '../../notifications/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { timeColumn, timeField } from './optional-columns.ts';

/*
 * All notifications of one inbound message are one partition: a row per chunk of notifications, and a row per retry
 * notification. Row keys contain the message's id, so that they are unique over the whole table: Azurite looks rows up
 * by row key first and slows down if many rows share one.
 */

interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** Returns the keys of a chunk's row. The index has at least four digits, so that chunks are in order. */
export function notificationChunkKeys(inboundId: string, index: number): Keys {
  return { partitionKey: inboundId, rowKey: `${inboundId}.c${String(index).padStart(4, '0')}` };
}

/** Returns the bounds, both exclusive, between which the row keys of a message's chunks lie, and no others. */
export function chunkRange(inboundId: string): { after: string; before: string } {
  return { after: `${inboundId}.c`, before: `${inboundId}.d` };
}

/** Returns the keys of the row of a retry notification. */
export function retryKeys(inboundId: string, subscriptionKey: string): Keys {
  return { partitionKey: inboundId, rowKey: `${inboundId}.l.${subscriptionKey}` };
}

const lettersOfStates: Record<ChunkState, string> = { waiting: 'w', delivered: 'd', retried: 'a', ended: 'e' };
const statesOfLetters = new Map(Object.entries(lettersOfStates).map(([state, letter]) => [letter, state]));

const encodeTarget = ({ pipelineId, key, secret, callbackUrl, httpVerb, wasRefused }: Target) =>
  [pipelineId, key, secret, callbackUrl, httpVerb, wasRefused] as const;

function decodeTarget(encoded: ReturnType<typeof encodeTarget>): Target {
  const [pipelineId, key, secret, callbackUrl, httpVerb, wasRefused] = encoded;
  return { pipelineId, key, secret, callbackUrl, httpVerb, wasRefused };
}

/**
 * Converts a chunk of notifications to its row. Payload and targets are long texts. The columns of
 * {@link notificationProgressColumns} change later, the others never do.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function notificationChunkRow(chunk: NotificationChunk) {
  const { inboundId, index, customerId, serviceId, payload, targets } = chunk;
  return guardEntitySize({
    ...notificationChunkKeys(inboundId, index),
    index,
    customerId,
    serviceId,
    ...writeLongText('payload', payload),
    ...writeLongText('targets', JSON.stringify(targets.map(encodeTarget))),
    ...notificationProgressColumns(chunk),
  });
}

/**
 * Converts the progress of a chunk to the columns that change while workers deliver it: one letter per target's state.
 */
export function notificationProgressColumns({ states, attempts, leasedUntil }: NotificationProgress) {
  return {
    states: states.map((state) => lettersOfStates[state]).join(''),
    // Lets a query find chunks that still wait, without decoding the states of every row.
    open: states.includes('waiting'),
    attempts,
    leasedUntil: timeColumn(leasedUntil),
  };
}

/** Converts a row to its chunk of notifications; the inverse of {@link notificationChunkRow}. */
export function notificationChunkOf(row: Row): NotificationChunk {
  const targets = JSON.parse(readLongText('targets', row)) as ReturnType<typeof encodeTarget>[];
  return {
    inboundId: String(row['partitionKey']),
    index: Number(row['index']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    payload: readLongText('payload', row),
    targets: targets.map(decodeTarget),
    states: Array.from(String(row['states']), (letter) => statesOfLetters.get(letter) as ChunkState),
    attempts: Number(row['attempts']),
    ...timeField('leasedUntil', row['leasedUntil']),
  };
}

/**
 * Converts a retry notification to its row. Payload and target are long texts.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function retryRow(retry: RetryNotification) {
  const { inboundId, customerId, serviceId, payload, target } = retry;
  return guardEntitySize({
    ...retryKeys(inboundId, target.key),
    customerId,
    serviceId,
    ...writeLongText('payload', payload),
    ...writeLongText('target', JSON.stringify(encodeTarget(target))),
    ...retryProgressColumns(retry),
  });
}

/** Converts the progress of a retry notification to the columns that change while workers deliver it. */
export function retryProgressColumns({ state, since, attempts, lastAnswer, leasedUntil, notBefore }: RetryProgress) {
  return {
    state,
    open: state === 'waiting',
    since: since.toISOString(),
    attempts,
    lastAnswer: answerColumn(lastAnswer),
    leasedUntil: timeColumn(leasedUntil),
    notBefore: timeColumn(notBefore),
  };
}

/** Converts a row to its retry notification; the inverse of {@link retryRow}. */
export function retryOf(row: Row): RetryNotification {
  return {
    inboundId: String(row['partitionKey']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    payload: readLongText('payload', row),
    target: decodeTarget(JSON.parse(readLongText('target', row)) as ReturnType<typeof encodeTarget>),
    state: row['state'] as RetryNotification['state'],
    since: new Date(String(row['since'])),
    attempts: Number(row['attempts']),
    ...answerField(row['lastAnswer']),
    ...timeField('leasedUntil', row['leasedUntil']),
    ...timeField('notBefore', row['notBefore']),
  };
}

/** The columns that {@link waitingOf} reads. */
export const waitingColumns = ['index', 'leasedUntil', 'notBefore'];

/**
 * Converts a row with the columns of {@link waitingColumns} to what a sweep needs to know about waiting work. The row
 * of a chunk has an index; the key of a retry notification's row ends with its subscription's key.
 */
export function waitingOf(row: Row): WaitingNotification {
  const inboundId = String(row['partitionKey']);
  const [, , subscriptionKey = ''] = String(row['rowKey']).split('.');
  return {
    job: typeof row['index'] === 'number' ? { inboundId, chunk: row['index'] } : { inboundId, subscriptionKey },
    ...timeField('leasedUntil', row['leasedUntil']),
    ...timeField('notBefore', row['notBefore'] ?? ''),
  };
}

/** Converts an answer to its column: JSON, or an empty text if there is no answer. */
export function answerColumn(answer: CallbackAnswer | undefined): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}

/** Converts the column of an answer to a field; the inverse of {@link answerColumn}. */
export function answerField(column: unknown): { lastAnswer?: CallbackAnswer } {
  if (column === '') return {};
  const { at, ...rest } = JSON.parse(String(column)) as Omit<CallbackAnswer, 'at'> & { at: string };
  return { lastAnswer: { ...rest, at: new Date(at) } };
}
