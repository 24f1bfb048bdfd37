import type { CompiledContent } from './personalization.ts';
import { normaliseText } from './sms-parts.ts';

/**
 * Characters beyond which no text fits into an SMS, so that rendering can stop: 255 parts hold 39,015 characters of GSM,
 * each of which normalising makes of two at the most, or 17,085 of UCS-2, made of four at the most.
 */
const maxRenderedLength = 80_000;

/**
 * The text that one recipient gets. `values` stand in the order of the content's placeholders. Normalised after
 * rendering, since a value may begin with a mark that belongs to the letter before it. What has far more than 255 parts
 * comes cut short, since a few values, repeated, can make a text of any length.
 */
export function renderText(compiled: CompiledContent, values: readonly string[]): string {
  return normaliseText(
    compiled.renderStart(
      new Map(compiled.placeholders.map((name, index) => [name, values[index] ?? ''])),
      maxRenderedLength,
    ),
  );
}
