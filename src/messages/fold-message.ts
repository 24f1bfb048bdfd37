import { recipientId } from './message-id.ts';
import type { StatusNote, StoredMessage } from './message.ts';
import { advances } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** What is known of one recipient. */
export interface RecipientState {
  id: string;
  address: string;
  status: RecipientStatus;
  note?: StatusNote;
  updatedAt: Date;
}

/**
 * Folds the journal into the chunks: for each recipient the most advanced status counts, whatever order the reports
 * came in, with the reason that came with it; of two reports of one status, the earlier counts. Recipients stand in the
 * order of the request.
 */
export function foldMessage({ header, chunks, journal }: StoredMessage): RecipientState[] {
  const byChunk = chunks.map(({ index, recipients, statuses, notes, updatedAt }) =>
    recipients.map(({ address }, place): RecipientState => {
      const note = notes.get(place);
      const status = statuses[place] ?? 'accepted';
      const id = recipientId({ messageId: header.messageId, chunk: index, place });
      return { id, address, status, updatedAt, ...(note === undefined ? {} : { note }) };
    }),
  );
  for (const { chunk, place, status, note, at } of journal) {
    const current = byChunk[chunk]?.[place];
    if (current === undefined) continue;
    const isEarlierWord = status === current.status && at < current.updatedAt;
    if (!advances(current.status, status) && !isEarlierWord) continue;
    current.status = status;
    current.updatedAt = at;
    delete current.note;
    if (note !== undefined) current.note = note;
  }
  return byChunk.flat();
}
