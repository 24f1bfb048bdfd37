import type {
  RetryNotification,
  NotificationChunk,
  NotificationStore,
  VersionedRetry,
  VersionedNotificationChunk,
} from '../../../src/notifications/index.ts';
import { retryProgressFields, notificationProgressFields } from '../../../src/storage/progress-fields.ts';
import { timeOfInbound } from '../tools/time-of-id.ts';
import { replaceFields } from '../../../src/storage/replace-fields.ts';

/** Keeps notifications in memory, for tests and for load without a storage account. */
export function createMemoryNotificationStore(): NotificationStore {
  const chunks = new Map<string, VersionedNotificationChunk>();
  const retries = new Map<string, VersionedRetry>();
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
  const writeRetry = (retry: RetryNotification): VersionedRetry => {
    const versioned = { retry, version: nextVersion() };
    retries.set(keyOf(retry.inboundId, retry.target.key), versioned);
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

    async createRetries(notifications) {
      for (const retry of notifications) {
        if (!retries.has(keyOf(retry.inboundId, retry.target.key))) writeRetry(retry);
      }
    },

    async readRetry(inboundId, subscriptionKey) {
      return retries.get(keyOf(inboundId, subscriptionKey));
    },

    async updateRetry({ retry, version }, progress) {
      if (retries.get(keyOf(retry.inboundId, retry.target.key))?.version !== version) return 'conflict';
      return writeRetry(replaceFields(retry, retryProgressFields, progress));
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
      const openRetries = [...retries.values()].flatMap(
        ({ retry: { inboundId, target, state, leasedUntil, notBefore } }) =>
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
      return { items: [...openChunks, ...openRetries] };
    },
  };
}
