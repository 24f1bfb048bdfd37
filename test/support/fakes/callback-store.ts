import type { CallbackStore, ChunkCallbacks, VersionedCallbacks } from '../../../src/delivery-callbacks/index.ts';
import { byMessageTime } from '../../../src/storage/ids-by-time.ts';
import { deepCopy } from '../tools/deep-copy.ts';
import { timeOfMessage } from '../tools/time-of-id.ts';

/** Keeps callbacks in memory, for tests and for load without a storage account. */
export function createMemoryCallbackStore(): CallbackStore {
  const rows = new Map<string, VersionedCallbacks>();
  const keyOf = (messageId: string, chunk: number): string => `${messageId}/${chunk}`;
  let writes = 0;
  return {
    async read(messageId, chunk) {
      return deepCopy(rows.get(keyOf(messageId, chunk)));
    },

    async write(callbacks, version) {
      const key = keyOf(callbacks.messageId, callbacks.chunk);
      if (rows.get(key)?.version !== version) return 'conflict';
      writes += 1;
      const written = { callbacks: deepCopy(callbacks), version: String(writes) };
      rows.set(key, written);
      return deepCopy(written);
    },

    async listOf(messageId) {
      const own = [...rows.values()].filter(({ callbacks }) => callbacks.messageId === messageId);
      return deepCopy(own.sort((left, right) => left.callbacks.chunk - right.callbacks.chunk));
    },

    async listWaiting({ from, to }) {
      const isMeant = ({ messageId, entries }: ChunkCallbacks): boolean => {
        const time = timeOfMessage(messageId);
        return time >= from.getTime() && time < to.getTime() && entries.some(({ state }) => state === 'waiting');
      };
      return { items: deepCopy([...rows.values()].map(({ callbacks }) => callbacks).filter(isMeant)) };
    },

    async listGivenUp({ customerId, limit }) {
      const meant = [...rows.values()].flatMap(({ callbacks }) =>
        callbacks.entries.some(({ state }) => state === 'givenUp') &&
        (customerId === undefined || callbacks.customerId === customerId)
          ? [callbacks]
          : [],
      );
      return deepCopy(meant.sort((left, right) => byMessageTime(left.messageId, right.messageId)).slice(0, limit));
    },
  };
}
