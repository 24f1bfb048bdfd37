import type { CompiledContent } from './personalization.ts';
import { normaliseText } from './sms-parts.ts';

/**
 * The text that one recipient gets. `values` stand in the order of the content's placeholders. Normalised after
 * rendering, since a value may begin with a mark that belongs to the letter before it.
 */
export function renderText(compiled: CompiledContent, values: readonly string[]): string {
  return normaliseText(
    compiled.render(new Map(compiled.placeholders.map((name, index) => [name, values[index] ?? '']))),
  );
}
