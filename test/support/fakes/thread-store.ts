import { conversationKey } from '../../../src/conversations/stored-form.ts';
import type { CurrentThread, Thread, ThreadStore } from '../../../src/conversations/index.ts';

interface Entries {
  current?: CurrentThread;
  version: number;
  /** The ids of threads, by the ids of their entries. */
  threadIds: Map<string, string>;
}

/** Keeps threads in memory, for tests and for load without a storage account. */
export function createMemoryThreadStore(): ThreadStore {
  const conversations = new Map<string, Entries>();
  const threads = new Map<string, Thread>();

  return {
    async current(conversation) {
      const { current, version } = conversations.get(conversationKey(conversation)) ?? {};
      return current && { current, version: String(version) };
    },

    async enter(conversation, { entry, next, version, started }) {
      const key = conversationKey(conversation);
      const entries = conversations.get(key) ?? { version: 0, threadIds: new Map<string, string>() };
      if (entries.threadIds.has(entry.id)) return 'entered';
      const actual = entries.current && String(entries.version);
      if (actual !== version || (started !== undefined && threads.has(started.threadId))) return 'conflict';
      entries.threadIds.set(entry.id, next.threadId);
      conversations.set(key, { ...entries, current: next, version: entries.version + 1 });
      if (started !== undefined) threads.set(started.threadId, started);
      return 'done';
    },

    async threadOf(conversation, entryId) {
      return conversations.get(conversationKey(conversation))?.threadIds.get(entryId);
    },

    async read(threadId) {
      return threads.get(threadId);
    },
  };
}
