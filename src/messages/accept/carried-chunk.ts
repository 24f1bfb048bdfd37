import type { Chunk, VersionedChunk } from '../message.ts';

/*
 * A chunk that was just written may travel in its queue message, so that the worker need not read it. Only what is to be
 * sent at once does: what waits on a queue can't be forgotten with its row. What a worker changes about a chunk is left
 * out, since of a new one that is known.
 */

/** Bytes of a chunk as JSON: a queue message holds 48 KiB before base64, and several chunks go in one. */
const carriedLimit = 2_000;

/** Whether a chunk may travel in its queue message. A reply is read: its phone may have been forgotten since. */
export function canBeCarried(chunk: Chunk): boolean {
  const isNew = chunk.attempts === 0 && chunk.statuses.every((status) => status === 'accepted');
  if (!isNew || chunk.sendAt !== undefined || chunk.reply !== undefined) return false;
  return Buffer.byteLength(JSON.stringify(chunk)) <= carriedLimit;
}

/** A chunk as JSON. */
export function packChunk({ chunk, version }: VersionedChunk): Record<string, unknown> {
  const { statuses: _, notes: __, references: ___, attempts: ____, updatedAt, ...rest } = chunk;
  return { ...rest, updatedAt: updatedAt.toISOString(), version };
}

/** The inverse of {@link packChunk}, for what this app wrote. */
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
