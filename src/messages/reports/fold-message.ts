import { recipientId } from '../message-id.ts';
import type { Chunk, JournalEntry, Protocol, StatusNote, StoredMessage } from '../message.ts';
import { fallbackIndex } from './sms-fallback.ts';
import { advances } from '../status.ts';
import type { RecipientStatus } from '../status.ts';

/** How far sending to a recipient got over one channel, and why no further. */
export interface SendingState {
  status: RecipientStatus;
  note?: StatusNote;
  /** The carrier's own id of the message. */
  reference?: string;
  updatedAt: Date;
}

/** The state of one recipient. If the recipient has a fallback, it is the state of the fallback. */
export interface RecipientState extends SendingState {
  id: string;
  address: string;
  /** The channels that were tried, in order, if there was more than one. */
  history?: readonly (SendingState & { protocol: Protocol })[];
}

/**
 * Computes the state of each recipient from chunks and journal, in the order of the request. The most advanced status
 * counts, with its note, whatever the order in which reports came.
 */
export function foldMessage({ header, chunks, fallbacks, journal }: StoredMessage): RecipientState[] {
  const states = statesByChunk({ chunks, fallbacks, journal });
  return chunks.flatMap(({ index, protocol, recipients }) =>
    (states.get(index) ?? []).map((state, recipientIndex): RecipientState => {
      const id = recipientId({ messageId: header.messageId, chunk: index, recipientIndex });
      const own = { id, address: recipients[recipientIndex]?.address ?? '' };
      const [fallback] = states.get(fallbackIndex(index, recipientIndex)) ?? [];
      if (fallback === undefined) return { ...own, ...state };
      return {
        ...own,
        ...fallback,
        history: [
          { protocol, ...state },
          { protocol: 'SMS', ...fallback },
        ],
      };
    }),
  );
}

/** Returns the states of the recipients of one chunk, in order. The chunk may be a fallback chunk. */
export function statesOfChunk(message: StoredMessage, index: number): readonly SendingState[] {
  return statesByChunk(message).get(index) ?? [];
}

function statesByChunk({
  chunks,
  fallbacks,
  journal,
}: Omit<StoredMessage, 'header'>): ReadonlyMap<number, SendingState[]> {
  const states = new Map([...chunks, ...fallbacks].map((chunk) => [chunk.index, statesOf(chunk)]));
  for (const entry of journal) {
    const current = states.get(entry.chunk)?.[entry.recipientIndex];
    if (current !== undefined) applyReport(current, entry);
  }
  return states;
}

function statesOf({ recipients, statuses, notes, references, updatedAt }: Chunk): SendingState[] {
  return recipients.map((_, recipientIndex): SendingState => {
    const note = notes.get(recipientIndex);
    const reference = references.get(recipientIndex);
    const status = statuses[recipientIndex] ?? 'accepted';
    const known = reference === undefined ? {} : { reference };
    return { status, updatedAt, ...known, ...(note === undefined ? {} : { note }) };
  });
}

/**
 * Applies a report to a state. Of two reports of the same rank the earlier counts, so that the order in which rows are
 * read does not matter.
 */
function applyReport(current: SendingState, { status, note, at }: JournalEntry): void {
  if (advances(status, current.status)) return;
  if (!advances(current.status, status) && at >= current.updatedAt) return;
  current.status = status;
  current.updatedAt = at;
  delete current.note;
  if (note !== undefined) current.note = note;
}
