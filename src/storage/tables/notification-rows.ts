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
 * All notifications that a phone's message makes are one partition: a row per chunk, and a row per notification that
 * goes alone. Row keys carry the message's id, so that they are unique over the whole table: Azurite finds rows by row
 * key first and slows down where many share one.
 */

interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** The keys of a chunk's row. */
export function notificationChunkKeys(inboundId: string, index: number): Keys {
  return { partitionKey: inboundId, rowKey: `${inboundId}.c${String(index).padStart(4, '0')}` };
}

/** The row keys of a message's chunks lie between these two, and no others do. */
export function chunkRange(inboundId: string): { after: string; before: string } {
  return { after: `${inboundId}.c`, before: `${inboundId}.d` };
}

/** The keys of the row of a notification that goes alone. */
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

/** The columns that change while a chunk is worked on. */
export function notificationProgressColumns({ states, attempts, leasedUntil }: NotificationProgress) {
  return {
    states: states.map((state) => lettersOfStates[state]).join(''),
    // What is open can so be found without taking every row apart.
    open: states.includes('waiting'),
    attempts,
    leasedUntil: timeColumn(leasedUntil),
  };
}

/** The inverse of {@link notificationChunkRow}. */
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

/** The columns that change while a notification goes alone. */
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

/** The inverse of {@link retryRow}. */
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

/** What a row says that is not done. A chunk has an index; a retried notification has its subscription in its key. */
export function waitingOf(row: Row): WaitingNotification {
  const inboundId = String(row['partitionKey']);
  const [, , subscriptionKey = ''] = String(row['rowKey']).split('.');
  return {
    job: typeof row['index'] === 'number' ? { inboundId, chunk: row['index'] } : { inboundId, subscriptionKey },
    ...timeField('leasedUntil', row['leasedUntil']),
    ...timeField('notBefore', row['notBefore'] ?? ''),
  };
}

/** The column of an answer that may be missing. */
export function answerColumn(answer: CallbackAnswer | undefined): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}

/** The field that an answer's column holds, or none. */
export function answerField(column: unknown): { lastAnswer?: CallbackAnswer } {
  if (column === '') return {};
  const { at, ...rest } = JSON.parse(String(column)) as Omit<CallbackAnswer, 'at'> & { at: string };
  return { lastAnswer: { ...rest, at: new Date(at) } };
}
