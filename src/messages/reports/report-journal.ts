import { parseRecipientId } from '../message-id.ts';
import { statusNote } from '../message.ts';
import type { JournalEntry } from '../message.ts';
import type { DeliveryReport, MessageStore } from '../ports.ts';

/** Takes delivery reports; `record` resolves once each is stored. Reports on ids that aren't ours are passed over. */
export interface ReportJournal {
  record(reports: readonly DeliveryReport[]): Promise<void>;
}

interface Group {
  entries: JournalEntry[];
  stored: Promise<void>;
}

/**
 * Writes delivery reports in groups: while an insert for a message is under way, its further reports gather, and go
 * together in the next one; so do reports of one moment. Each caller waits for the insert that has its own. A burst so costs few inserts, and a lone
 * report waits for nothing.
 */
export function createReportJournal(messages: Pick<MessageStore, 'appendReports'>): ReportJournal {
  const underWay = new Map<string, Promise<void>>();
  const gathering = new Map<string, Group>();

  async function insertAfter(previous: Promise<void> | undefined, messageId: string, group: Group): Promise<void> {
    // The group before may have failed; its own callers know, and this one goes on.
    await previous?.catch(() => undefined);
    gathering.delete(messageId);
    const insert = messages.appendReports(messageId, group.entries);
    underWay.set(messageId, insert);
    try {
      await insert;
    } finally {
      if (underWay.get(messageId) === insert) underWay.delete(messageId);
    }
  }

  function add(messageId: string, entries: readonly JournalEntry[]): Promise<void> {
    const open = gathering.get(messageId);
    if (open !== undefined) {
      open.entries.push(...entries);
      return open.stored;
    }
    const group: Group = { entries: [...entries], stored: Promise.resolve() };
    gathering.set(messageId, group);
    group.stored = insertAfter(underWay.get(messageId), messageId, group);
    return group.stored;
  }

  return {
    async record(reports) {
      const byMessage = new Map<string, JournalEntry[]>();
      for (const { recipientId, status, code, message = '', reason, at } of reports) {
        const recipientIndex = parseRecipientId(recipientId);
        if (recipientIndex === undefined) continue;
        const entry: JournalEntry = {
          chunk: recipientIndex.chunk,
          recipientIndex: recipientIndex.recipientIndex,
          status,
          at,
        };
        if (code !== undefined) entry.note = statusNote({ code, message, ...(reason === undefined ? {} : { reason }) });
        const entries = byMessage.get(recipientIndex.messageId);
        if (entries === undefined) byMessage.set(recipientIndex.messageId, [entry]);
        else entries.push(entry);
      }
      await Promise.all([...byMessage].map(([messageId, entries]) => add(messageId, entries)));
    },
  };
}
