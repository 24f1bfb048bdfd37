import { fillPlaceholders } from './placeholders.ts';
import type { Template } from './template.ts';

/** What takes the place of a template's placeholders, in the order of their numbers. */
export interface TemplateValues {
  bodyParameters: readonly string[];
  headerParameters: readonly string[];
}

/**
 * The text that a phone shows: a header of text, a blank line, the body. What goes out as SMS where that stands in for
 * WhatsApp. Takes values that {@link checkParameters} has nothing to say about; where one is missing, its placeholder
 * stays.
 */
export function renderTemplate({ headerText, content }: Template, values: TemplateValues): string {
  const body = fillPlaceholders(content, values.bodyParameters);
  return headerText === undefined ? body : `${fillPlaceholders(headerText, values.headerParameters)}\n\n${body}`;
}
