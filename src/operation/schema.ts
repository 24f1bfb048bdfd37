import {
  Array as arrayOf,
  Boolean as booleanOf,
  Integer as integerOf,
  Object as objectOf,
  Optional as optionalOf,
  String as stringOf,
  Unsafe as unsafeOf,
} from 'typebox';
import type { Static, TObject, TSchema } from 'typebox';

/*
 * The only words in which operations describe data. They can say what Swagger 2.0 and the designers of Power Platform
 * understand, and nothing else: no unions, no nullable, no patterns. One schema object serves the handler's types, the
 * validator and the connector's definition.
 */

export type Schema = TSchema;
export type ObjectOf<Properties extends Record<string, Schema>> = TObject<Properties>;
export type { Static };

/** How prominently a designer shows a field. */
export type Visibility = 'important' | 'advanced' | 'internal';

/** What a flow maker reads beside a field. Required, because a field without it is unusable in a designer. */
export interface Label {
  /** The field's name in a designer. */
  title: string;
  /** One sentence, with a full stop. */
  description: string;
  visibility?: Visibility;
}

/** A dropdown whose entries come from another operation of the connector. */
export interface Dropdown {
  operationId: string;
  /** Property of the answer that holds the entries; absent where the answer itself is the list. */
  collection?: string;
  /** Path to an entry's value, and to what a designer shows for it; both absent where the entries are plain texts. */
  value?: string;
  title?: string;
  /** The called operation's parameters: from a parameter of this operation, or a literal. */
  parameters?: Readonly<Record<string, { parameter: string } | string | boolean>>;
}

interface TextRules {
  maxLength?: number;
  default?: string;
  dropdown?: Dropdown;
  format?: 'date-time' | 'uuid';
  /** The platform puts in the address that is to be called. */
  notificationUrl?: true;
}

function labelled({ title, description, visibility }: Label): Record<string, unknown> {
  return { title, description, ...(visibility === undefined ? {} : { 'x-ms-visibility': visibility }) };
}

function dropdownKeywords(dropdown: Dropdown | undefined): Record<string, unknown> {
  if (dropdown === undefined) return {};
  const { operationId, collection, value, title, parameters = {} } = dropdown;
  return {
    'x-ms-dynamic-values': {
      operationId,
      ...(collection === undefined ? {} : { 'value-collection': collection }),
      ...(value === undefined ? {} : { 'value-path': value }),
      ...(title === undefined ? {} : { 'value-title': title }),
      parameters,
    },
  };
}

/** Text. */
export function text({ dropdown, notificationUrl, ...options }: Label & TextRules) {
  const { title, description, visibility, ...rules } = options;
  return stringOf({
    ...labelled({ title, description, ...(visibility && { visibility }) }),
    ...rules,
    ...(notificationUrl === undefined ? {} : { 'x-ms-notification-url': notificationUrl }),
    ...dropdownKeywords(dropdown),
  });
}

/** A point in time: ISO 8601, see date-time.ts for the forms that are accepted. */
export function timestamp(label: Label) {
  return text({ ...label, format: 'date-time' });
}

/** One of a fixed list of texts. */
export function choice<const Values extends readonly string[]>(
  values: Values,
  { default: defaultValue, ...label }: Label & { default?: Values[number] },
) {
  const rules = defaultValue === undefined ? {} : { default: defaultValue };
  return unsafeOf<Values[number]>({ ...labelled(label), type: 'string', enum: [...values], ...rules });
}

/** A whole number of 32 bits. */
export function integer({ minimum, maximum, ...label }: Label & { minimum?: number; maximum?: number }) {
  return integerOf({
    ...labelled(label),
    format: 'int32',
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  });
}

/** True or false. */
export function flag({ default: defaultValue, ...label }: Label & { default?: boolean }) {
  return booleanOf({ ...labelled(label), ...(defaultValue === undefined ? {} : { default: defaultValue }) });
}

/** A list of like items. */
export function list<Item extends Schema>(
  items: Item,
  { minItems, maxItems, ...label }: Partial<Label> & { minItems?: number; maxItems?: number } = {},
) {
  return arrayOf(items, {
    ...(label.title === undefined ? {} : labelled({ description: '', ...label, title: label.title })),
    ...(minItems === undefined ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
  });
}

/** An object with named fields; required unless wrapped in {@link optional}. Unknown fields are ignored. */
export function object<Properties extends Record<string, Schema>>(properties: Properties, label?: Label) {
  return objectOf(properties, label === undefined ? {} : labelled(label));
}

/** An object whose field names the caller chooses. */
export function freeObject(label: Label) {
  return unsafeOf<Record<string, unknown>>({ ...labelled(label), type: 'object', additionalProperties: true });
}

/** Marks a field as one that may be left out; null and empty text count as left out. */
export function optional<Inner extends Schema>(schema: Inner) {
  return optionalOf(schema);
}

/** What the generator and the validator see of a schema: its JSON. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** A schema as plain JSON Schema. */
export function asJsonSchema(schema: Schema): JsonSchema {
  return schema as unknown as JsonSchema;
}
