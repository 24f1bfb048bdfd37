import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

/*
 * What Azure Communication Services accepts, field by field from Microsoft's published specifications
 * (Azure/azure-rest-api-specs: Sms/stable/2026-01-23, definitions SendMessageRequest, SmsRecipient, SmsSendOptions;
 * Messages/stable/2024-08-30, definitions NotificationContent, TextNotificationContent, TemplateNotificationContent,
 * MessageTemplate and those they name). The schema is stricter where a description says more than the type: numbers are
 * E.164, ids are UUIDs, dates are HTTP dates. It refuses unknown fields.
 */

const e164 = { type: 'string', pattern: '^\\+[1-9]\\d{6,14}$' } as const;
const uuid = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' } as const;
export const httpDate = '^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$';

function closed(properties: Record<string, object>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const sms = closed(
  {
    from: {
      anyOf: [
        e164,
        { type: 'string', pattern: '^\\d{3,6}$' },
        { type: 'string', pattern: '^(?=.*[A-Za-z])[\\x20-\\x7e]{1,11}$' },
      ],
    },
    smsRecipients: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: closed({
        to: e164,
        repeatabilityRequestId: uuid,
        repeatabilityFirstSent: { type: 'string', pattern: httpDate },
      }),
    },
    message: { type: 'string', maxLength: 2048 },
    smsSendOptions: closed(
      {
        enableDeliveryReport: { type: 'boolean' },
        tag: { type: 'string' },
        deliveryReportTimeoutInSeconds: { type: 'integer', minimum: 60, maximum: 43_200 },
      },
      ['tag', 'deliveryReportTimeoutInSeconds'],
    ),
  },
  ['smsSendOptions'],
);

const text = { type: 'string', minLength: 1 } as const;
const uri = { type: 'string', pattern: '^https?://' } as const;
const media = ['image', 'video', 'document'].map((kind) =>
  closed({ name: text, kind: { const: kind }, url: uri, caption: text, fileName: text }, ['caption', 'fileName']),
);
const component = { type: 'array', minItems: 1, items: closed({ refValue: text }) } as const;

const template = closed(
  {
    name: text,
    language: { type: 'string', pattern: '^[a-z]{2,3}(_[A-Za-z]{2,4})?$' },
    values: {
      type: 'array',
      items: {
        oneOf: [
          closed({ name: text, kind: { const: 'text' }, text }),
          closed({ name: text, kind: { const: 'quickAction' }, text, payload: text }, ['text', 'payload']),
          ...media,
        ],
      },
    },
    bindings: closed(
      {
        kind: { const: 'whatsApp' },
        header: component,
        body: component,
        footer: component,
        buttons: {
          type: 'array',
          minItems: 1,
          items: closed({ subType: { enum: ['quickReply', 'url'] }, refValue: text }),
        },
      },
      ['header', 'body', 'footer', 'buttons'],
    ),
  },
  ['values', 'bindings'],
);

const addressed = { channelRegistrationId: uuid, to: { type: 'array', minItems: 1, maxItems: 1, items: e164 } };

const notification = {
  oneOf: [
    closed({ ...addressed, kind: { const: 'text' }, content: text }),
    closed({ ...addressed, kind: { const: 'template' }, template }),
  ],
};

const ajv = new Ajv({ allErrors: true, strictRequired: false });

/** Bodies of `POST /sms`. */
export const isSmsRequest: ValidateFunction = ajv.compile(sms);
/** Bodies of `POST /messages/notifications:send`. */
export const isNotificationRequest: ValidateFunction = ajv.compile(notification);
