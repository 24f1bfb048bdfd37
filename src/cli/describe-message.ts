import type { Chunk, RecipientState } from '../messages/index.ts';

/** One line on a chunk: who has it, how often it was handed over, and what is still to come. */
export function describeChunk({
  index,
  carrier,
  attempts,
  inFlight,
  leasedUntil,
  notBefore,
  updatedAt,
}: Pick<Chunk, 'index' | 'carrier' | 'attempts' | 'inFlight' | 'leasedUntil' | 'notBefore' | 'updatedAt'>): string {
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return [
    `  chunk ${index}: ${tried}${carrier === undefined ? '' : ` by ${carrier}`}, changed ${updatedAt.toISOString()}`,
    // A worker that didn't say which ones has all that wait.
    ...(leasedUntil === undefined ? [] : [`${inFlight?.length ?? 'all'} in hand until ${leasedUntil.toISOString()}`]),
    ...(leasedUntil !== undefined || inFlight === undefined
      ? []
      : [`${inFlight.length} in hand, to be asked about again`]),
    ...(notBefore === undefined ? [] : [`again from ${notBefore.toISOString()}`]),
  ].join(', ');
}

/**
 * One line on a recipient, with the carrier's own ids of the message: what it wants to hear when it is asked. Numbers are
 * cut to their last three digits.
 */
export function describeRecipient({ history, ...state }: RecipientState): string {
  const { id, address, status, note, updatedAt } = state;
  const references = (history ?? [state]).flatMap(({ reference }) => reference ?? []);
  return [
    `  ${id}  …${address.slice(-3)}  ${status}  ${updatedAt.toISOString()}`,
    ...references.map((reference) => `reference ${reference}`),
    ...(note === undefined ? [] : [`${note.code} (${note.reason ?? 'other'}): ${note.message}`]),
  ].join('  ');
}
