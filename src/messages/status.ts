/**
 * The statuses of a recipient, from accepted to final.
 *
 * `rank` orders the statuses. Reports arrive late, twice and out of order, so a merge keeps the higher rank and ignores
 * the order of arrival. No two statuses share a rank. `letter` stands for the status in a chunk's compact status
 * string.
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

/** Writes statuses as one letter each, in order. */
export function encodeStatuses(list: readonly RecipientStatus[]): string {
  return list.map((status) => statuses[status].letter).join('');
}

/**
 * Reads statuses that {@link encodeStatuses} wrote.
 *
 * @throws on a letter that no status has: this app did not write the row
 */
export function decodeStatuses(text: string): RecipientStatus[] {
  return Array.from(text, (letter) => {
    const status = byLetter.get(letter);
    if (status === undefined) throw new Error(`unknown status letter '${letter}'`);
    return status;
  });
}

/** Tells whether a status ends the recipient. Only a late report can still change it. */
export function isFinal(status: RecipientStatus): boolean {
  return statuses[status].final;
}

/** Tells whether the recipient still waits to be submitted to a carrier. */
export function awaitsSending(status: RecipientStatus): boolean {
  return statuses[status].rank < statuses.sent.rank;
}

/** Tells whether the status `next` replaces `current`: the higher rank wins. */
export function advances(current: RecipientStatus, next: RecipientStatus): boolean {
  return statuses[next].rank > statuses[current].rank;
}

/** The status of a whole message, as {@link summariseStatuses} computes it. */
export type MessageStatus = RecipientStatus | 'partiallyDelivered';

/**
 * Computes the status of a message from those of its recipients: the status that all share; otherwise the least
 * advanced open one; otherwise how the message ended.
 *
 * @param list the statuses of all recipients, at least one
 * @throws on an empty list
 */
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
