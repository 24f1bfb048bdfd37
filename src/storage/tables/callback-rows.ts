import type { CallbackEntry, ChunkCallbacks } from '../../delivery-callbacks/index.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { answerColumn, answerField } from './notification-rows.ts';
import type { Row } from './entity.ts';
import { timeColumn, timeField } from './optional-columns.ts';

/*
 * The callbacks of a message are one partition with a row per chunk. The rows name recipients by their index only: the
 * phone numbers are in the message, so a number that is forgotten there is forgotten here too.
 */

/**
 * Returns the keys of the row with a chunk's callbacks. The partition key is the message id. The row key is unique over
 * the whole table, because Azurite looks rows up by row key first.
 */
export function callbackKeys(messageId: string, chunk: number): { partitionKey: string; rowKey: string } {
  return { partitionKey: messageId, rowKey: `${messageId}.d${String(chunk).padStart(4, '0')}` };
}

const encodeEntry = (entry: CallbackEntry) =>
  [
    entry.recipientIndex,
    entry.status,
    entry.code ?? null,
    entry.at.toISOString(),
    entry.state,
    entry.since.toISOString(),
    entry.attempts,
    timeColumn(entry.notBefore),
    answerColumn(entry.lastAnswer),
  ] as const;

function decodeEntry(encoded: ReturnType<typeof encodeEntry>): CallbackEntry {
  const [recipientIndex, status, code, at, state, since, attempts, notBefore, lastAnswer] = encoded;
  return {
    recipientIndex,
    status,
    ...(code === null ? {} : { code }),
    at: new Date(at),
    state,
    since: new Date(since),
    attempts,
    ...timeField('notBefore', notBefore),
    ...answerField(lastAnswer),
  };
}

/**
 * Converts the callbacks of one chunk to their row. `entries` is a long text of JSON; `open` and `givenUp` repeat what
 * the entries say, so that queries can filter by them. Absent times and tokens become empty texts.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function callbackRow({ messageId, chunk, customerId, done, entries, lease, jobAt, changedAt }: ChunkCallbacks) {
  return guardEntitySize({
    ...callbackKeys(messageId, chunk),
    chunk,
    customerId,
    done: done.join(','),
    ...writeLongText('entries', JSON.stringify(entries.map(encodeEntry))),
    open: entries.some(({ state }) => state === 'waiting'),
    givenUp: entries.filter(({ state }) => state === 'givenUp').length,
    leasedUntil: timeColumn(lease?.until),
    leaseToken: lease?.token ?? '',
    jobAt: timeColumn(jobAt),
    changedAt: changedAt.toISOString(),
  });
}

/** Converts a row to the callbacks of its chunk; the inverse of {@link callbackRow}. */
export function callbacksOf(row: Row): ChunkCallbacks {
  const entries = JSON.parse(readLongText('entries', row)) as ReturnType<typeof encodeEntry>[];
  const done = String(row['done']);
  const { leasedUntil: until } = timeField('leasedUntil', row['leasedUntil']);
  return {
    messageId: String(row['partitionKey']),
    chunk: Number(row['chunk']),
    customerId: String(row['customerId']),
    done: done === '' ? [] : done.split(',').map(Number),
    entries: entries.map(decodeEntry),
    ...(until === undefined ? {} : { lease: { until, token: String(row['leaseToken']) } }),
    ...timeField('jobAt', row['jobAt']),
    changedAt: new Date(String(row['changedAt'])),
  };
}
