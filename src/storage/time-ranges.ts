/*
 * Ids begin with what spreads or gathers rows, and go on with a time that sorts. An inbound message's: a letter, two
 * digits for the shard, the time. A message's: the same without the letter. A dead letter's: what follows from its customer, a dot, the time.
 */

const inboundTimeStart = 3;
const messageTimeStart = 2;

/** The part of a dead letter's id that all letters of its customer have. */
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

/** Orders inbound messages' ids, the oldest first. */
export const byInboundTime = byTail((id) => id.slice(inboundTimeStart));

/** Orders messages' ids, the oldest first. */
export const byMessageTime = byTail((id) => id.slice(messageTimeStart));

/** Orders dead letters' ids, the oldest first. */
export const byLetterTime = byTail((id) => id.slice(customerPart(id).length));
