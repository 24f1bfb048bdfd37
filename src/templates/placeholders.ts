/** `{{1}}` to `{{999}}`: a text of 1,024 characters has room for no more than 204. */
const placeholder = /\{\{([1-9]\d{0,2})\}\}/g;

/** How many values a text needs: its placeholders are numbered from 1, and one may stand more than once. */
export function countPlaceholders(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(placeholder), ([, number]) => Number(number)));
}

/** Puts a value in the place of each placeholder; one inside a value is plain text. */
export function fillPlaceholders(text: string, values: readonly string[]): string {
  return text.replaceAll(placeholder, (written, number: string) => values[Number(number) - 1] ?? written);
}

/**
 * What is wrong with how a text's placeholders are written and numbered, as the rest of a sentence that begins with the
 * text's name; undefined where nothing is.
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
 * What the platform has against where a body's placeholders stand (WhatsApp's template guidelines), in the form of
 * {@link numberingProblem}. One at the beginning or the end is left to the platform's review: published flows have
 * templates such as `Hei {{1}}`, and sources differ on whether they pass.
 */
export function placingProblem(body: string): string | undefined {
  return /\}\}\{\{/.test(body) ? 'must have text between two placeholders' : undefined;
}
