/** `{{1}}` to `{{999}}`: a text of 1,024 characters has room for at most 204. */
const placeholder = /\{\{([1-9]\d{0,2})\}\}/g;

/** Counts the values that a text needs. Its placeholders are numbered from 1, and each may occur more than once. */
export function countPlaceholders(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(placeholder), ([, number]) => Number(number)));
}

/** Replaces each placeholder with its value. A placeholder inside a value stays plain text. */
export function fillPlaceholders(text: string, values: readonly string[]): string {
  return text.replaceAll(placeholder, (written, number: string) => values[Number(number) - 1] ?? written);
}

/**
 * Returns what is wrong with the spelling or numbering of a text's placeholders, as the rest of a sentence that begins
 * with the text's name; undefined if nothing is.
 */
export function numberingProblem(text: string): string | undefined {
  const stray = /\{\{[^{}]{0,20}\}?\}?|\}\}/.exec(text.replaceAll(placeholder, ' '))?.[0];
  if (stray !== undefined) return `has ${stray}, but placeholders are written {{1}}, {{2}} and so on`;
  const used = new Set(Array.from(text.matchAll(placeholder), ([, number]) => Number(number)));
  const missing = Array.from({ length: Math.max(0, ...used) }, (_, index) => index + 1).find((n) => !used.has(n));
  if (missing === undefined) return undefined;
  return `must number its placeholders from 1 without gaps, but {{${missing}}} is missing`;
}

/**
 * Returns what is wrong with the position of a body's placeholders (WhatsApp's template guidelines), in the form of
 * {@link numberingProblem}. It allows one at the beginning or the end and leaves that to WhatsApp's review: published
 * flows have templates such as `Hei {{1}}`, and sources differ on whether WhatsApp approves them.
 */
export function placingProblem(body: string): string | undefined {
  return /\}\}\{\{/.test(body) ? 'must have text between two placeholders' : undefined;
}
