import { awaitsSending, sortChunks, withProgress } from '../../../src/messages/stored-form.ts';
import { foldMessage } from '../../../src/messages/index.ts';
import type { Chunk, JournalEntry, MessageFinder, MessageHeader, MessageStore } from '../../../src/messages/index.ts';
import type { TimeSpan } from '../../../src/core/page.ts';
import { timeOfMessage } from '../tools/time-of-id.ts';

interface Entry {
  header?: MessageHeader;
  chunks: Map<number, { chunk: Chunk; version: number }>;
  journal: JournalEntry[];
}

/** Keeps messages in memory, for tests and for load without a storage account. */
export function createMemoryMessageStore(): MessageStore & MessageFinder {
  const entries = new Map<string, Entry>();
  let version = 0;
  const entryOf = (messageId: string): Entry => {
    const entry = entries.get(messageId) ?? { chunks: new Map(), journal: [] };
    entries.set(messageId, entry);
    return entry;
  };

  const dueIn = ({ from, to }: TimeSpan): [messageId: string, entry: Entry][] => {
    return [...entries].filter(([id]) => {
      const time = timeOfMessage(id);
      return time >= from.getTime() && time < to.getTime();
    });
  };

  const store: MessageStore & MessageFinder = {
    async create(header, chunks) {
      const entry = entryOf(header.messageId);
      if (entry.header !== undefined) return 'exists';
      const versions = chunks.map((chunk) => {
        version += 1;
        entry.chunks.set(chunk.index, { chunk, version });
        return String(version);
      });
      entry.header = header;
      return versions;
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

    async listWaiting(span) {
      const chunks = dueIn(span).flatMap(([, entry]) => [...entry.chunks.values()].map(({ chunk }) => chunk));
      return { items: chunks.filter(({ statuses }) => statuses.some(awaitsSending)) };
    },

    async listUnreported(span) {
      const items: string[] = [];
      for (const [messageId] of dueIn(span)) {
        const message = await store.readMessage(messageId);
        const states = message === undefined ? [] : foldMessage(message);
        const isUnreported = states.some(
          ({ status, history = [] }) => status === 'sent' || history.some((tried) => tried.status === 'sent'),
        );
        if (isUnreported) items.push(messageId);
      }
      return { items };
    },
  };
  return store;
}
