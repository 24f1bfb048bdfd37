import type { JsonSchema } from '../../operation/schema.ts';
import { code } from './markdown.ts';

/** Writes the operation that fills a dropdown, as a link or as plain text. */
export type NameOperation = (operationId: string) => string;

/** Describes in one cell of a table what a field accepts: its type, its limits and the source of its choices. */
export function describeType(schema: JsonSchema, nameOperation: NameOperation): string {
  const { enum: choices, default: defaultValue, 'x-ms-dynamic-values': dropdown } = schema;
  return [
    typeName(schema),
    ...limitsOf(schema),
    ...(Array.isArray(choices) ? [`one of ${choices.map((choice) => code(String(choice))).join(', ')}`] : []),
    ...(dropdown === undefined
      ? []
      : [`choices from ${nameOperation((dropdown as { operationId: string }).operationId)}`]),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'boolean'
      ? [`default: ${code(String(defaultValue))}`]
      : []),
  ].join('; ');
}

function typeName({ type = 'any', format, items, 'x-ms-notification-url': isCallback }: JsonSchema): string {
  if (isCallback === true) return 'address, filled in by the platform';
  if (type === 'array') return items?.type === undefined ? 'list' : `list of ${plural(typeName(items))}`;
  if (format === 'date-time') return 'date and time';
  if (format === 'uuid') return 'UUID';
  if (type === 'boolean') return 'yes or no';
  return type === 'string' ? 'text' : type;
}

function plural(name: string): string {
  return name === 'date and time' ? 'dates and times' : `${name}s`;
}

function limitsOf({ maxLength, minimum, maximum, minItems, maxItems }: JsonSchema): string[] {
  return [
    ...(maxLength === undefined ? [] : [`at most ${numeral(maxLength)} characters`]),
    ...rangeOf(minimum, maximum, ''),
    ...rangeOf(minItems, maxItems, ' entries'),
  ];
}

function rangeOf(from: unknown, to: unknown, unit: string): string[] {
  if (from !== undefined && to !== undefined) return [`${numeral(from)} to ${numeral(to)}${unit}`];
  if (from !== undefined) return [`at least ${numeral(from)}${unit}`];
  return to === undefined ? [] : [`at most ${numeral(to)}${unit}`];
}

function numeral(value: unknown): string {
  return Number(value).toLocaleString('en');
}
