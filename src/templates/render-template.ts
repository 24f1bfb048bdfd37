import { fillPlaceholders } from './placeholders.ts';
import type { Template } from './template.ts';

/** The values of a template's placeholders, in the order of their numbers. */
export interface TemplateValues {
  bodyParameters: readonly string[];
  headerParameters: readonly string[];
}

/**
 * Returns the text that a phone shows: the header, if it is a text, an empty line and the body. This is also the text
 * of the SMS that is sent as a fallback. The values should have passed `checkParameters`; a placeholder without a value
 * stays.
 */
export function renderTemplate({ headerText, content }: Template, values: TemplateValues): string {
  const body = fillPlaceholders(content, values.bodyParameters);
  return headerText === undefined ? body : `${fillPlaceholders(headerText, values.headerParameters)}\n\n${body}`;
}
