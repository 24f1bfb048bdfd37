/**
 * What is known of one recipient, from accepted to final.
 *
 * `rank` orders the statuses: reports arrive late, twice and out of order, so a merge keeps the higher rank and never
 * looks at arrival order; so no two share a rank. `letter` is how a status is written in a chunk's compact status string.
 */
const statuses = {
  accepted: { rank: 0, letter: 'a', final: false },
  scheduled: { rank: 1, letter: 'c', final: false },
  queued: { rank: 2, letter: 'q', final: false },
  sent: { rank: 3, letter: 's', final: false },
  unknown: { rank: 4, letter: 'k', final: true },
  canceled: { rank: 5, letter: 'x', final: true },
  failed: { rank: 6, letter: 'f', final: true },
  rejected: { rank: 7, letter: 'j', final: true },
  expired: { rank: 8, letter: 'e', final: true },
  undelivered: { rank: 9, letter: 'u', final: true },
  delivered: { rank: 10, letter: 'd', final: true },
  read: { rank: 11, letter: 'r', final: true },
} as const;

/** The status of one recipient. */
export type RecipientStatus = keyof typeof statuses;

/** All statuses, from the least to the most advanced. */
export const recipientStatuses = Object.keys(statuses) as readonly RecipientStatus[];

const byLetter = new Map(recipientStatuses.map((status) => [statuses[status].letter as string, status]));

/** One letter per status, in the order given. */
export function encodeStatuses(list: readonly RecipientStatus[]): string {
  return list.map((status) => statuses[status].letter).join('');
}

/** The inverse of {@link encodeStatuses}; throws on a letter that no status has, since the row is then not ours. */
export function decodeStatuses(text: string): RecipientStatus[] {
  return Array.from(text, (letter) => {
    const status = byLetter.get(letter);
    if (status === undefined) throw new Error(`unknown status letter '${letter}'`);
    return status;
  });
}

/** Whether nothing more will happen to the recipient by itself. */
export function isFinal(status: RecipientStatus): boolean {
  return statuses[status].final;
}

/** Whether the recipient still waits for its message to be handed to a carrier. */
export function awaitsSending(status: RecipientStatus): boolean {
  return statuses[status].rank < statuses.sent.rank;
}

/** Whether news of `next` changes a recipient that stands at `current`: a higher rank wins. */
export function advances(current: RecipientStatus, next: RecipientStatus): boolean {
  return statuses[next].rank > statuses[current].rank;
}

/** A whole message's status: its recipients' where they agree, else what is still open, else the mixed end. */
export type MessageStatus = RecipientStatus | 'partiallyDelivered';

/** Sums up a message (at least one recipient): the least advanced open status, or how it ended. */
export function summariseStatuses(list: readonly RecipientStatus[]): MessageStatus {
  const distinct = new Set(list);
  const [first] = distinct;
  if (first === undefined) throw new Error('a message has at least one recipient');
  if (distinct.size === 1) return first;
  const open = recipientStatuses.find((status) => !isFinal(status) && distinct.has(status));
  if (open !== undefined) return open;
  const arrived = [...distinct].filter((status) => statuses[status].rank >= statuses.delivered.rank);
  if (arrived.length === 0) return 'failed';
  return arrived.length === distinct.size ? 'delivered' : 'partiallyDelivered';
}
