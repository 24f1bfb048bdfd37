import type {
  LoneNotification,
  NotificationChunk,
  NotificationStore,
  VersionedLone,
  VersionedNotificationChunk,
} from '../../../src/notifications/index.ts';
import { loneProgressFields, notificationProgressFields } from '../../../src/storage/progress-fields.ts';
import { timeOfInbound } from '../../../src/storage/time-ranges.ts';
import { replaceFields } from '../../../src/storage/replace-fields.ts';

/** Keeps notifications in this process: for tests and for load without a storage account. */
export function createMemoryNotificationStore(): NotificationStore {
  const chunks = new Map<string, VersionedNotificationChunk>();
  const lones = new Map<string, VersionedLone>();
  const keyOf = (inboundId: string, which: number | string): string => JSON.stringify([inboundId, which]);
  let writes = 0;
  const nextVersion = (): string => {
    writes += 1;
    return String(writes);
  };
  const writeChunk = (chunk: NotificationChunk): VersionedNotificationChunk => {
    const versioned = { chunk, version: nextVersion() };
    chunks.set(keyOf(chunk.inboundId, chunk.index), versioned);
    return versioned;
  };
  const writeLone = (lone: LoneNotification): VersionedLone => {
    const versioned = { lone, version: nextVersion() };
    lones.set(keyOf(lone.inboundId, lone.target.key), versioned);
    return versioned;
  };

  return {
    async createChunks(wanted) {
      const sorted = wanted.toSorted((left, right) => left.index - right.index);
      const missing = sorted.filter(({ inboundId, index }) => !chunks.has(keyOf(inboundId, index)));
      if (missing[0] !== sorted[0]) return 'exists';
      missing.forEach(writeChunk);
      return 'created';
    },

    async listChunks(inboundId) {
      return [...chunks.values()]
        .map(({ chunk }) => chunk)
        .filter((chunk) => chunk.inboundId === inboundId)
        .sort((left, right) => left.index - right.index);
    },

    async readChunk(inboundId, index) {
      return chunks.get(keyOf(inboundId, index));
    },

    async updateChunk({ chunk, version }, progress) {
      if (chunks.get(keyOf(chunk.inboundId, chunk.index))?.version !== version) return 'conflict';
      return writeChunk(replaceFields(chunk, notificationProgressFields, progress));
    },

    async createLone(notifications) {
      for (const lone of notifications) {
        if (!lones.has(keyOf(lone.inboundId, lone.target.key))) writeLone(lone);
      }
    },

    async readLone(inboundId, subscriptionKey) {
      return lones.get(keyOf(inboundId, subscriptionKey));
    },

    async updateLone({ lone, version }, progress) {
      if (lones.get(keyOf(lone.inboundId, lone.target.key))?.version !== version) return 'conflict';
      return writeLone(replaceFields(lone, loneProgressFields, progress));
    },

    async listWaiting({ from, to }) {
      const isDue = (inboundId: string): boolean => {
        const time = timeOfInbound(inboundId);
        return time >= from.getTime() && time < to.getTime();
      };
      const openChunks = [...chunks.values()].flatMap(({ chunk: { inboundId, index, states, leasedUntil } }) =>
        isDue(inboundId) && states.includes('waiting')
          ? [{ job: { inboundId, chunk: index }, ...(leasedUntil === undefined ? {} : { leasedUntil }) }]
          : [],
      );
      const openLones = [...lones.values()].flatMap(({ lone: { inboundId, target, state, leasedUntil, notBefore } }) =>
        isDue(inboundId) && state === 'waiting'
          ? [
              {
                job: { inboundId, subscriptionKey: target.key },
                ...(leasedUntil === undefined ? {} : { leasedUntil }),
                ...(notBefore === undefined ? {} : { notBefore }),
              },
            ]
          : [],
      );
      return { items: [...openChunks, ...openLones] };
    },
  };
}
