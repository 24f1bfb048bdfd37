import { parseRecipientId } from '../message-id.ts';
import { statusNote } from '../message.ts';
import type { JournalEntry } from '../message.ts';
import type { DeliveryReport } from '../outbound-carrier.ts';
import type { MessageStore } from '../ports.ts';

/**
 * Stores delivery reports. `record` resolves when all of them are stored. Reports on ids that aren't ours are ignored.
 */
export interface ReportJournal {
  record(reports: readonly DeliveryReport[]): Promise<void>;
}

interface Group {
  entries: JournalEntry[];
  stored: Promise<void>;
}

/**
 * Makes a journal that writes delivery reports in groups. While an insert for a message is under way, further reports
 * on that message gather, and go together into the next insert; so do reports of the same moment. Each caller waits for
 * the insert that has its reports. So a burst costs few inserts, and a single report waits for nothing.
 */
export function createReportJournal(messages: Pick<MessageStore, 'appendReports'>): ReportJournal {
  const underWay = new Map<string, Promise<void>>();
  const gathering = new Map<string, Group>();

  async function insertAfter(previous: Promise<void> | undefined, messageId: string, group: Group): Promise<void> {
    // The group before may have failed. Its own callers know, and this group goes on.
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
        const ref = parseRecipientId(recipientId);
        if (ref === undefined) continue;
        const entry: JournalEntry = { chunk: ref.chunk, recipientIndex: ref.recipientIndex, status, at };
        if (code !== undefined) entry.note = statusNote({ code, message, ...(reason === undefined ? {} : { reason }) });
        const entries = byMessage.get(ref.messageId);
        if (entries === undefined) byMessage.set(ref.messageId, [entry]);
        else entries.push(entry);
      }
      await Promise.all([...byMessage].map(([messageId, entries]) => add(messageId, entries)));
    },
  };
}
