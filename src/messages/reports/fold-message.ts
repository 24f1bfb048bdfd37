import { recipientId } from '../message-id.ts';
import type { Chunk, JournalEntry, Protocol, StatusNote, StoredMessage } from '../message.ts';
import { fallbackIndex } from './sms-fallback.ts';
import { advances } from '../status.ts';
import type { RecipientStatus } from '../status.ts';

/** How far sending to a recipient got, and why no further. */
export interface SendingState {
  status: RecipientStatus;
  note?: StatusNote;
  /** The carrier's own id of the message. */
  reference?: string;
  updatedAt: Date;
}

/** What is known of one recipient; where another channel stood in, its state is the recipient's. */
export interface RecipientState extends SendingState {
  id: string;
  address: string;
  /** Every channel that was tried, in order, where it was more than one. */
  history?: readonly (SendingState & { protocol: Protocol })[];
}

/**
 * Folds the journal into the chunks: for each recipient the most advanced status counts, whatever order the reports
 * came in, with the reason that came with it. Recipients stand in the order of the request.
 */
export function foldMessage({ header, chunks, fallbacks, journal }: StoredMessage): RecipientState[] {
  const states = statesByChunk({ chunks, fallbacks, journal });
  return chunks.flatMap(({ index, protocol, recipients }) =>
    (states.get(index) ?? []).map((state, recipientIndex): RecipientState => {
      const id = recipientId({ messageId: header.messageId, chunk: index, recipientIndex });
      const own = { id, address: recipients[recipientIndex]?.address ?? '' };
      const [standIn] = states.get(fallbackIndex(index, recipientIndex)) ?? [];
      if (standIn === undefined) return { ...own, ...state };
      return {
        ...own,
        ...standIn,
        history: [
          { protocol, ...state },
          { protocol: 'SMS', ...standIn },
        ],
      };
    }),
  );
}

/** What is known of the recipients of one chunk, which may be one that stands in, in their order. */
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

/** Of two reports of the same rank the earlier counts, so that the order in which rows are read doesn't show. */
function applyReport(current: SendingState, { status, note, at }: JournalEntry): void {
  if (advances(status, current.status)) return;
  if (!advances(current.status, status) && at >= current.updatedAt) return;
  current.status = status;
  current.updatedAt = at;
  delete current.note;
  if (note !== undefined) current.note = note;
}
