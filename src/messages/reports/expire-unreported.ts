import { failpoint } from '../../core/failpoint.ts';
import { statesOfChunk } from './fold-message.ts';
import type { JournalEntry, StatusNote } from '../message.ts';
import { recordFinalStatus } from './record-final-status.ts';
import { fallbackIndex } from './sms-fallback.ts';
import type { UnreportedDeps } from '../deps.ts';

const noReport: StatusNote = {
  code: 'NoReport',
  message: 'The carrier sent no delivery report in time.',
  reason: 'noReport',
};

/**
 * Ends as unknown the recipients of a message that the carrier has and of whom no report came in time. A report that
 * comes later still counts. Resolves to how many recipients ended.
 */
export async function expireUnreported(messageId: string, deps: UnreportedDeps): Promise<number> {
  const { messages, now } = deps;
  const message = await messages.store.readMessage(messageId);
  if (message === undefined) return 0;
  const at = now();
  const all = [...message.chunks, ...message.fallbacks];
  const indexes = new Set(all.map(({ index }) => index));
  // A chunk that was sent long after it was due, and a fallback chunk, have the full time from then on.
  const overdue = all.filter(
    ({ updatedAt }) => at.getTime() - updatedAt.getTime() >= messages.reportTimeoutSeconds * 1000,
  );
  const entries = overdue.flatMap(({ index }) =>
    statesOfChunk(message, index).flatMap(({ status }, recipientIndex): JournalEntry[] =>
      status === 'sent' ? [{ chunk: index, recipientIndex, status: 'unknown', note: noReport, at }] : [],
    ),
  );
  if (entries.length === 0) return 0;
  // If a recipient has a fallback, the status of the fallback is the recipient's.
  const ended = entries.filter(({ chunk, recipientIndex }) => !indexes.has(fallbackIndex(chunk, recipientIndex)));
  await recordFinalStatus(
    ended.map(({ chunk, recipientIndex, status }) => ({
      messageId,
      chunk,
      recipientIndex,
      status,
      code: noReport.code,
      at,
    })),
    deps,
  );
  failpoint('unreported.followedUp');
  await messages.store.appendReports(messageId, entries);
  failpoint('unreported.recorded');
  return entries.length;
}
