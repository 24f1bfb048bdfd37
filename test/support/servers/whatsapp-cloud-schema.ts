import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';

/*
 * What the Cloud API accepts, as JSON Schema, field by field. Sources:
 * - messages: facebook/openapi, business-messaging-api_v23.0.yaml (TextMessage, TemplateMessage, TemplateObject,
 *   TemplateComponent, ParameterObject, MediaObject, ButtonParameterObject); `biz_opaque_callback_data` and its 512
 *   characters as in CallRequestPayload there; 4,096 characters of a text: developers.facebook.com, "Text messages";
 * - buttons: developers.facebook.com, "Interactive reply buttons messages"; lengths, and that labels differ, as in the
 *   documentation of WhatsApp/WhatsApp-Nodejs-SDK ("Interactive Object", "Button Object");
 * - templates: developers.facebook.com, WhatsApp Business Platform, "Template components" (kinds of components and
 *   buttons, lengths, and that a text with a parameter must have an example);
 * - uploads: developers.facebook.com, Graph API, "Resumable Upload API". The schema refuses unknown fields, so that
 *   tests find a misspelt one.
 */

const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength });
const fixed = (value: string): object => ({ const: value });
const object = (properties: Record<string, object>, optional: Record<string, object> = {}): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
});
const list = (items: object, minItems: number, maxItems: number): object => ({
  type: 'array',
  items,
  minItems,
  maxItems,
});

const envelope = {
  messaging_product: fixed('whatsapp'),
  recipient_type: fixed('individual'),
  to: { type: 'string', pattern: String.raw`^\d{5,20}$` },
};
const tracked = {
  biz_opaque_callback_data: text(512),
  context: object({ message_id: { type: 'string', pattern: '^wamid\\.' } }),
};

const textParameter = object({ type: fixed('text'), text: text(32_768) });
const mediaParameter = (kind: string): object =>
  object({ type: fixed(kind), [kind]: object({ link: { type: 'string', pattern: '^https?://' } }) });
const button = (subType: string, parameter: object): object =>
  object({
    type: fixed('button'),
    sub_type: fixed(subType),
    index: { type: 'string', pattern: '^[0-9]$' },
    parameters: list(parameter, 1, 1),
  });

const messageComponent = {
  oneOf: [
    object({
      type: fixed('header'),
      parameters: list({ oneOf: [textParameter, ...['image', 'video', 'document'].map(mediaParameter)] }, 1, 1),
    }),
    object({ type: fixed('body'), parameters: list(textParameter, 1, 200) }),
    button('quick_reply', object({ type: fixed('payload'), payload: text(128) })),
    button('url', object({ type: fixed('text'), text: text(2_000) })),
  ],
};

const replyButton = object({ type: fixed('reply'), reply: object({ id: text(256), title: text(20) }) });

const message = {
  oneOf: [
    object(
      {
        ...envelope,
        type: fixed('text'),
        text: object({ body: text(4_096) }, { preview_url: { type: 'boolean' } }),
      },
      tracked,
    ),
    object(
      {
        ...envelope,
        type: fixed('interactive'),
        interactive: object({
          type: fixed('button'),
          body: object({ text: text(1_024) }),
          action: object({ buttons: list(replyButton, 1, 3) }),
        }),
      },
      tracked,
    ),
    object(
      {
        ...envelope,
        type: fixed('template'),
        template: object(
          {
            name: { type: 'string', pattern: '^[a-z0-9_]{1,512}$' },
            language: object({
              policy: fixed('deterministic'),
              code: { type: 'string', pattern: '^[a-z]{2}(_[A-Z]{2})?$' },
            }),
          },
          { components: { type: 'array', items: messageComponent } },
        ),
      },
      tracked,
    ),
  ],
};

/** A text that must have an example if it has a parameter, and must not have one otherwise. */
const withExample = (common: Record<string, object>, maxLength: number, example: object): object => ({
  oneOf: [
    object({ ...common, text: { ...text(maxLength), not: { pattern: String.raw`\{\{` } } }),
    object({ ...common, text: { ...text(maxLength), pattern: String.raw`\{\{\d+\}\}` }, example }),
  ],
});

const label = text(25);
const templateButton = {
  oneOf: [
    object({ type: fixed('QUICK_REPLY'), text: label }),
    object({
      type: fixed('PHONE_NUMBER'),
      text: label,
      phone_number: { type: 'string', pattern: String.raw`^\+?\d{5,20}$` },
    }),
    object({
      type: fixed('URL'),
      text: label,
      url: { type: 'string', maxLength: 2_000, pattern: String.raw`^https?://[^{}]+$` },
    }),
    object({
      type: fixed('URL'),
      text: label,
      url: { type: 'string', maxLength: 2_000, pattern: String.raw`^https?://[^{}]+\{\{1\}\}$` },
      example: list({ type: 'string', pattern: '^[^{}]+$' }, 1, 1),
    }),
  ],
};

const templateComponent = {
  oneOf: [
    withExample({ type: fixed('HEADER'), format: fixed('TEXT') }, 60, object({ header_text: list(text(60), 1, 1) })),
    object({
      type: fixed('HEADER'),
      format: { enum: ['IMAGE', 'VIDEO', 'DOCUMENT'] },
      example: object({ header_handle: list(text(2_000), 1, 1) }),
    }),
    withExample({ type: fixed('BODY') }, 1_024, object({ body_text: list(list(text(1_024), 1, 200), 1, 1) })),
    object({ type: fixed('BUTTONS'), buttons: list(templateButton, 1, 10) }),
  ],
};

const newTemplate = object({
  name: { type: 'string', pattern: '^[a-z0-9_]{1,512}$' },
  language: { type: 'string', pattern: '^[a-z]{2}(_[A-Z]{2})?$' },
  category: { enum: ['MARKETING', 'UTILITY', 'AUTHENTICATION'] },
  components: {
    ...list(templateComponent, 1, 4),
    contains: { type: 'object', required: ['type'], properties: { type: fixed('BODY') } },
  },
});

const newUpload = object(
  {
    file_length: { type: 'string', pattern: String.raw`^[1-9]\d*$` },
    file_type: { enum: ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4'] },
  },
  { file_name: text(255) },
);

const schemas = { message, newTemplate, newUpload };
const ajv = new Ajv2020({ strict: false });
const validators = new Map<string, ValidateFunction>();

/** Describes what is wrong with a request; undefined if it is valid. */
export function requestProblem(kind: keyof typeof schemas, value: unknown): string | undefined {
  const validate = validators.get(kind) ?? ajv.compile(schemas[kind]);
  validators.set(kind, validate);
  return validate(value) ? repeatedButton(value) : ajv.errorsText(validate.errors);
}

/** Checks what the schema can't: ids and labels of a message's buttons must be unique. */
function repeatedButton(value: unknown): string | undefined {
  const { interactive } = value as {
    interactive?: { action: { buttons: { reply: { id: string; title: string } }[] } };
  };
  const replies = interactive?.action.buttons.map(({ reply }) => reply) ?? [];
  const repeats = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;
  if (repeats(replies.map(({ id }) => id))) return 'two buttons have the same id';
  return repeats(replies.map(({ title }) => title)) ? 'two buttons have the same title' : undefined;
}
