import { count } from '../core/plural.ts';

/** The maximum number of parts that the connector's documentation advises: phones may not show a longer text. */
const advisedParts = 3;

/**
 * Returns the `Warning` header (RFC 7234, 5.5) of a send that is accepted with a warning to its sender; otherwise no
 * header.
 */
export function sendWarnings(sent: { partCount: number; guessedNumbers: number }): Record<string, string> {
  const { partCount, guessedNumbers } = sent;
  const warnings: string[] = [];
  if (partCount > advisedParts) {
    warnings.push(
      `The text takes ${partCount} message parts, and each is billed. Some phones show no more than ${advisedParts}.`,
    );
  }
  if (guessedNumbers > 0) {
    const [they, numbers] = guessedNumbers === 1 ? ['it is', 'a national number'] : ['they are', 'national numbers'];
    warnings.push(
      `${count(guessedNumbers, 'number')} may be wrong: ${they} valid in no country, and taken for ${numbers}.`,
    );
  }
  if (warnings.length === 0) return {};
  return { Warning: warnings.map((warning) => `299 - "${warning}"`).join(', ') };
}

/** Returns the headers of the answer to a send: its warnings, and whether the answer is that to an earlier request. */
export function sentHeaders(
  prepared: Parameters<typeof sendWarnings>[0],
  { replayed }: { replayed: boolean },
): Record<string, string> {
  return { ...sendWarnings(prepared), ...(replayed ? { 'Idempotent-Replay': 'true' } : {}) };
}
