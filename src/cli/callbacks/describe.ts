import { count } from '../../core/plural.ts';
import type { ChunkCallbacks } from '../../delivery-callbacks/index.ts';
import { withoutQuery } from '../without-query.ts';

/** What an empty list prints. */
export const noCallbacks = ['No call was given up.'];

/**
 * Describes the calls of a chunk that were given up. The address is shown without its query, which may contain
 * credentials.
 *
 * @param dlrUrl absent: the message is no longer stored
 */
export function describeCallbacks(
  { messageId, chunk, customerId, entries }: ChunkCallbacks,
  dlrUrl = 'the message is no longer stored',
): string {
  const givenUp = entries.filter(({ state }) => state === 'givenUp');
  const answers = givenUp.flatMap(({ lastAnswer }) => lastAnswer ?? []);
  const last = answers.toSorted((left, right) => right.at.getTime() - left.at.getTime())[0];
  const max = Math.max(...givenUp.map(({ attempts }) => attempts));
  return [
    messageId,
    `  ${customerId}, chunk ${chunk}: ${count(givenUp.length, 'call')} given up, at most ${count(max, 'attempt')} per call`,
    `  last answer: ${last === undefined ? 'none' : `${last.detail}, ${last.at.toISOString()}`}`,
    `  ${withoutQuery(dlrUrl)}`,
  ].join('\n');
}
