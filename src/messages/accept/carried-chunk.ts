import type { Chunk, VersionedChunk } from '../message.ts';

/*
 * A chunk that was just written may travel in its queue message, so that the worker need not read it. This holds only
 * for a chunk that is sent at once: a copy that waits on a queue can't be forgotten together with its row.
 */

/**
 * The maximum size of such a chunk as JSON, in bytes: a queue message holds 48 KiB before base64, and several chunks
 * share one.
 */
const carriedLimit = 2_000;

/**
 * Tells whether a chunk may travel in its queue message: no worker has touched it, it is sent at once, and it has at
 * most 2,000 bytes as JSON. A reply may not: the worker reads its row, because its phone may have been forgotten since.
 */
export function canBeCarried(chunk: Chunk): boolean {
  const isNew = chunk.attempts === 0 && chunk.statuses.every((status) => status === 'accepted');
  if (!isNew || chunk.sendAt !== undefined || chunk.reply !== undefined) return false;
  return Buffer.byteLength(JSON.stringify(chunk)) <= carriedLimit;
}

/**
 * Converts a chunk to the object that travels as JSON in its queue message.
 *
 * All fields keep their names. `updatedAt` becomes text in ISO 8601, and the version of the row is added as `version`.
 * The statuses, notes, references and attempts are left out, because those of a new chunk are known.
 *
 * @param versioned a chunk that {@link canBeCarried} allows, and the version at which it was written
 * @returns the queue format, which {@link unpackChunk} reads
 *
 * @example
 *   packChunk({ chunk, version: '"0x8D"' })
 *   // { messageId: '…', index: 0, …, updatedAt: '2026-11-23T10:00:00.000Z', version: '"0x8D"' }
 */
export function packChunk({ chunk, version }: VersionedChunk): Record<string, unknown> {
  const { statuses: _, notes: __, references: ___, attempts: ____, updatedAt, ...rest } = chunk;
  return { ...rest, updatedAt: updatedAt.toISOString(), version };
}

/**
 * Converts the object of a queue message back to a chunk and its version. Each recipient is `accepted`, without note
 * and reference, and nothing was attempted yet.
 *
 * The object is not checked, because only this app writes it. If the row has changed since, the worker's first write
 * against the version ends in a conflict, and the worker reads the row.
 *
 * @param packed what {@link packChunk} returned, read from JSON
 */
export function unpackChunk(packed: Readonly<Record<string, unknown>>): VersionedChunk {
  const { version, updatedAt, ...rest } = packed;
  const kept = rest as unknown as Omit<Chunk, 'statuses' | 'notes' | 'references' | 'attempts' | 'updatedAt'>;
  return {
    version: String(version),
    chunk: {
      ...kept,
      statuses: kept.recipients.map(() => 'accepted' as const),
      notes: new Map(),
      references: new Map(),
      attempts: 0,
      updatedAt: new Date(String(updatedAt)),
    },
  };
}
