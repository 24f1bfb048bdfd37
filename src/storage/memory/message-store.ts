import { sortChunks, withProgress } from '../../messages/index.ts';
import type { Chunk, JournalEntry, MessageHeader, MessageStore } from '../../messages/index.ts';

interface Entry {
  header?: MessageHeader;
  chunks: Map<number, { chunk: Chunk; version: number }>;
  journal: JournalEntry[];
}

/** Keeps messages in this process: for tests and for load without a storage account. */
export function createMemoryMessageStore(): MessageStore {
  const entries = new Map<string, Entry>();
  let version = 0;
  const entryOf = (messageId: string): Entry => {
    const entry = entries.get(messageId) ?? { chunks: new Map(), journal: [] };
    entries.set(messageId, entry);
    return entry;
  };

  return {
    async create(header, chunks) {
      const entry = entryOf(header.messageId);
      if (entry.header !== undefined) return 'exists';
      for (const chunk of chunks) entry.chunks.set(chunk.index, { chunk, version: ++version });
      entry.header = header;
      return 'created';
    },

    async addChunks(messageId, chunks) {
      const { chunks: present } = entryOf(messageId);
      for (const chunk of chunks) {
        if (!present.has(chunk.index)) present.set(chunk.index, { chunk, version: ++version });
      }
    },

    async readChunk(messageId, index) {
      const found = entries.get(messageId)?.chunks.get(index);
      return found && { chunk: found.chunk, version: String(found.version) };
    },

    async updateChunk({ chunk, version: expected }, progress) {
      const chunks = entries.get(chunk.messageId)?.chunks;
      if (chunks === undefined || String(chunks.get(chunk.index)?.version) !== expected) return 'conflict';
      const next = { chunk: withProgress(chunk, progress), version: ++version };
      chunks.set(chunk.index, next);
      return { chunk: next.chunk, version: String(next.version) };
    },

    async appendReports(messageId, reports) {
      entryOf(messageId).journal.push(...reports);
    },

    readHeader: async (messageId) => entries.get(messageId)?.header,

    async readMessage(messageId) {
      const { header, chunks = new Map(), journal = [] } = entries.get(messageId) ?? {};
      if (header === undefined) return undefined;
      return { header, ...sortChunks([...chunks.values()].map(({ chunk }) => chunk)), journal: [...journal] };
    },
  };
}
