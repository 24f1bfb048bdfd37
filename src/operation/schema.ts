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
 * Operations describe their data with these builders only. The builders can express what Swagger 2.0 and the designers
 * of Power Platform understand, and nothing else: no unions, no nullable, no patterns. One schema object serves the
 * handler's types, the validator and the connector's definition.
 */

export type Schema = TSchema;
export type ObjectOf<Properties extends Record<string, Schema>> = TObject<Properties>;
export type { Static };

/** How prominently a designer shows a field. */
export type Visibility = 'important' | 'advanced' | 'internal';

/** The texts that a flow maker reads beside a field. Required: without them, a field is unusable in a designer. */
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
  /** Property of the answer that holds the entries; absent if the answer itself is the list. */
  collection?: string;
  /** Paths to an entry's value and to the text that a designer shows; both absent if the entries are plain texts. */
  value?: string;
  title?: string;
  /** Values for the called operation's parameters: a parameter of this operation, or a literal. */
  parameters?: Readonly<Record<string, { parameter: string } | string | boolean>>;
}

interface TextRules {
  maxLength?: number;
  default?: string;
  dropdown?: Dropdown;
  format?: 'date-time' | 'uuid';
  /** The platform fills in the address that a trigger's notifications go to. */
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

/**
 * Builds a text.
 *
 * @example
 * text({ title: 'Sender', description: 'The sender that the phone shows.', maxLength: 20 })
 */
export function text({ dropdown, notificationUrl, ...options }: Label & TextRules) {
  const { title, description, visibility, ...rules } = options;
  return stringOf({
    ...labelled({ title, description, ...(visibility && { visibility }) }),
    ...rules,
    ...(notificationUrl === undefined ? {} : { 'x-ms-notification-url': notificationUrl }),
    ...dropdownKeywords(dropdown),
  });
}

/**
 * Builds a point in time, a text in ISO 8601; date-time.ts has the accepted forms.
 *
 * @example
 * timestamp({ title: 'Send at', description: 'When the message is sent.' })
 */
export function timestamp(label: Label) {
  return text({ ...label, format: 'date-time' });
}

/**
 * Builds a choice from a fixed list of texts.
 *
 * @example
 * choice(['SMS', 'WhatsApp'], { title: 'Protocol', description: 'How the message travels.', default: 'SMS' })
 */
export function choice<const Values extends readonly string[]>(
  values: Values,
  { default: defaultValue, ...label }: Label & { default?: Values[number] },
) {
  const rules = defaultValue === undefined ? {} : { default: defaultValue };
  return unsafeOf<Values[number]>({ ...labelled(label), type: 'string', enum: [...values], ...rules });
}

/**
 * Builds a whole number of 32 bits.
 *
 * @example
 * integer({ title: 'Validity', description: 'In minutes.', minimum: 1, maximum: 2880 })
 */
export function integer({ minimum, maximum, ...label }: Label & { minimum?: number; maximum?: number }) {
  return integerOf({
    ...labelled(label),
    format: 'int32',
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  });
}

/**
 * Builds a value that is true or false.
 *
 * @example
 * flag({ title: 'Two-way only', description: 'Whether only services that receive are listed.', default: false })
 */
export function flag({ default: defaultValue, ...label }: Label & { default?: boolean }) {
  return booleanOf({ ...labelled(label), ...(defaultValue === undefined ? {} : { default: defaultValue }) });
}

/**
 * Builds a list of items of one schema.
 *
 * @example
 * list(object({ Address: text({ title: 'Address', description: 'Phone number.' }) }), { minItems: 1, maxItems: 1000 })
 */
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

/**
 * Builds an object with named fields. A field is required unless {@link optional} wraps it. Callers may send unknown
 * fields; they are ignored.
 *
 * @example
 * object({
 *   Name: text({ title: 'Name', description: 'Name of the contact.' }),
 *   Note: optional(text({ title: 'Note', description: 'Anything else.' })),
 * })
 */
export function object<Properties extends Record<string, Schema>>(properties: Properties, label?: Label) {
  return objectOf(properties, label === undefined ? {} : labelled(label));
}

/**
 * Builds an object whose field names the caller chooses.
 *
 * @example
 * freeObject({ title: 'Personalization', description: 'Values for the fields in the content.' })
 */
export function freeObject(label: Label) {
  return unsafeOf<Record<string, unknown>>({ ...labelled(label), type: 'object', additionalProperties: true });
}

/**
 * Marks a field or a parameter as optional. Null and empty text count as absent.
 *
 * @example
 * optional(text({ title: 'Request id', description: 'Makes a repeated call safe.' }))
 */
export function optional<Inner extends Schema>(schema: Inner) {
  return optionalOf(schema);
}

/** A schema as the generator and the validator see it. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** Views a schema as plain JSON Schema. */
export function asJsonSchema(schema: Schema): JsonSchema {
  return schema as unknown as JsonSchema;
}
