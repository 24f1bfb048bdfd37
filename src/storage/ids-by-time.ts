/*
 * Ids begin with a part that spreads or groups rows, followed by a time that sorts as a text. The id of an inbound
 * message begins with a letter, two digits for the shard, and the time; the id of a message with the shard and the
 * time; the id of a dead letter with a part that follows from its customer, a dot, and the time.
 */

const inboundTimeStart = 3;
const messageTimeStart = 2;

/** Returns the beginning of a dead letter's id that all dead letters of its customer share. */
export function customerPart(letterId: string): string {
  const [part = ''] = letterId.split('.', 1);
  return part;
}

const byTail =
  (tailOf: (id: string) => string) =>
  (left: string, right: string): number => {
    const [leftTail, rightTail] = [tailOf(left), tailOf(right)];
    return leftTail < rightTail ? -1 : Number(leftTail > rightTail);
  };

/** Compares ids of inbound messages; sorts the oldest first. */
export const byInboundTime = byTail((id) => id.slice(inboundTimeStart));

/** Compares ids of messages; sorts the oldest first. */
export const byMessageTime = byTail((id) => id.slice(messageTimeStart));

/** Compares ids of dead letters; sorts the oldest first. */
export const byLetterTime = byTail((id) => id.slice(customerPart(id).length));
