import type { InboundStore, VersionedInbound } from '../../../src/conversations/index.ts';
import { inboundProgressFields } from '../../../src/storage/progress-fields.ts';
import { replaceFields } from '../../../src/storage/replace-fields.ts';
import { byInboundTime } from '../../../src/storage/ids-by-time.ts';

/** Keeps inbound messages in memory, for tests and for load without a storage account. */
export function createMemoryInboundStore(): InboundStore {
  const messages = new Map<string, VersionedInbound>();
  const unrouted = new Set<string>();
  let writes = 0;
  const write = (message: VersionedInbound['message']): VersionedInbound => {
    writes += 1;
    const versioned = { message, version: String(writes) };
    messages.set(message.id, versioned);
    return versioned;
  };

  return {
    async create(message) {
      if (messages.has(message.id)) return 'exists';
      write(message);
      return 'created';
    },

    async read(id) {
      return messages.get(id);
    },

    async update({ message, version }, progress) {
      if (messages.get(message.id)?.version !== version) return 'conflict';
      return write(replaceFields(message, inboundProgressFields, progress));
    },

    async listReceived({ from, to }) {
      const received = [...messages.values()].filter(({ message: { state, at } }) => {
        return state === 'received' && at >= from && at < to;
      });
      return { items: received.map(({ message }) => message.id) };
    },

    async recordUnrouted({ id }) {
      unrouted.add(id);
    },

    async dropUnrouted(id) {
      unrouted.delete(id);
    },

    async listUnrouted(limit) {
      return [...unrouted].sort(byInboundTime).slice(0, limit);
    },
  };
}
