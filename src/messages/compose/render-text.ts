import type { CompiledContent } from './personalization.ts';
import { normaliseText } from './sms-parts.ts';

/**
 * The length beyond which no text fits into an SMS, so that rendering can stop. 255 parts hold 39,015 characters of
 * GSM, each of which normalisation makes from two at most, or 17,085 of UCS-2, each made from four at most.
 */
const maxRenderedLength = 80_000;

/**
 * Renders and normalises the text for one recipient. Normalisation comes last, because a value may begin with a mark
 * that belongs to the letter before it. A text with far more than 255 parts is cut short, because a few values,
 * repeated, can make a text of any length.
 *
 * @param values the values of the content's placeholders, in their order
 */
export function renderText(compiled: CompiledContent, values: readonly string[]): string {
  return normaliseText(
    compiled.render(
      new Map(compiled.placeholders.map((name, index) => [name, values[index] ?? ''])),
      maxRenderedLength,
    ),
  );
}
