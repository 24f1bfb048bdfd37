import { customersDropdown, servicesDropdown } from '../directory/index.ts';
import { inHeader } from '../operation/define-operation.ts';
import type { ErrorCode } from '../operation/errors.ts';
import { choice, flag, freeObject, integer, list, object, optional, text, timestamp } from '../operation/schema.ts';
import type { Accepted } from './accept/accept-message.ts';
import { recipientLimit } from './compose/prepare-send.ts';

/** The parameter that names the customer, in every operation that sends. */
export const sendingCustomer = text({
  title: 'Customer',
  description: 'The customer that sends the message.',
  visibility: 'important',
  dropdown: customersDropdown,
});

/**
 * Returns the parameters of a send: the customer, and the OneWay service that sends. `replies`: see {@link
 * servicesDropdown}.
 */
export function parametersOfSends({ replies }: { replies: boolean }) {
  return {
    'Customer-Id': inHeader(sendingCustomer),
    'Service-Id': inHeader(
      text({
        title: 'Service',
        description: 'The one-way service that sends. Nothing listed? Ask your administrator for one.',
        visibility: 'important',
        dropdown: servicesDropdown('OneWay', 'Customer-Id', replies),
      }),
    ),
  };
}

/** The parameters of a send that does not answer a message. */
export const sendingParameters = parametersOfSends({ replies: false });

/** A note that the sender may keep with any message. */
export const customerData = optional(
  text({ title: 'Customer Data', description: 'Billing or grouping data kept with the message.', maxLength: 255 }),
);

/** The caller's idempotency key. */
export const requestId = optional(
  text({
    title: 'Request Id',
    description: 'Unique text for this message. Repeated within 7 days, it sends nothing and returns the first answer.',
    maxLength: 1000,
  }),
);

/** The body of a send, shared by all operations that send text. */
export const sendBody = object({
  Sender: text({
    title: 'Message Sender',
    description: 'Name (up to 11 characters), short code or number that the service may use.',
    visibility: 'important',
  }),
  Content: text({
    title: 'Message Content',
    description: 'Text to send. $(name) is filled per recipient. Long texts are billed as several parts.',
    visibility: 'important',
  }),
  Protocol: choice(['SMS'], {
    title: 'Message Protocol',
    description: 'The protocol that carries the message.',
    visibility: 'important',
    default: 'SMS',
  }),
  SendDateTime: optional(
    timestamp({
      title: 'Send Datetime',
      description: "Empty sends now. 2026-12-01T09:00 is the customer's local time; add Z for UTC.",
      visibility: 'important',
    }),
  ),
  Recipients: list(
    object({
      Address: text({
        title: 'Address',
        description: '358401234567: country code and number, without + or 00.',
        visibility: 'important',
      }),
      Personalization: optional(
        freeObject({
          title: 'Personalization',
          description: '{"name": "Aino"}: a value for each $(placeholder).',
        }),
      ),
      Placeholders: optional(
        list(
          object({
            name: text({
              title: 'Placeholder Name',
              description: 'Name of a placeholder in the text, such as name for $(name).',
            }),
            value: optional(
              text({
                title: 'Placeholder Value',
                description: 'Value that replaces the placeholder. Empty inserts nothing.',
              }),
            ),
          }),
          {
            title: 'Placeholders',
            maxItems: 1_000,
            description: 'Personalization as a list, where an object cannot be filled in.',
          },
        ),
      ),
    }),
    { title: 'Recipients', description: 'Who gets the message.', minItems: 1, maxItems: recipientLimit },
  ),
  AttachmentUri: optional(
    text({
      title: 'Attachment Uri',
      description: 'Leave it empty: SMS carries no attachments.',
    }),
  ),
  CustomerData: customerData,
  AdMessage: optional(
    flag({
      title: 'Ad Message',
      description: 'Yes for advertising: whoever opted out is skipped.',
    }),
  ),
  DlrUrl: optional(
    text({
      title: 'Dlr Url',
      description: "Public address, best https, called by GET with each recipient's status. Your query is kept.",
    }),
  ),
  RequestId: requestId,
});

/** The errors with which a send of text may be refused, besides those of the kernel. */
export const sendErrors = [
  'SenderNotAllowed',
  'ContentTooLong',
  'EmptyContent',
  'MissingPlaceholder',
  'InvalidPhoneNumber',
  'InvalidUrl',
  'CallbackRefused',
  'AttachmentNotCarried',
  'DateTooFarAhead',
  'RequestIdReused',
] as const satisfies readonly ErrorCode[];

/** The fields of the answer to every send. */
export const sentFields = {
  MessageId: text({ title: 'Message Id', description: 'Id of the new message.' }),
  MessagePartCount: integer({
    title: 'Message Part Count',
    description: 'The most message parts that any one recipient gets.',
  }),
  Recipients: list(
    object({
      Address: text({
        title: 'Recipient Address',
        description: 'Phone number of the recipient: country code and number, digits only.',
      }),
      Id: text({
        title: 'Recipient Id',
        description: 'Id of the recipient in delivery reports and Get message status.',
      }),
    }),
    { title: 'Recipients', description: 'The recipients of the message.' },
  ),
};

/** The answer to a send. */
export const sentAnswer = object(sentFields);

/** Builds the answer from an accepted send. */
export function sentBody({ messageId, partCount, recipients }: Accepted) {
  return {
    MessageId: messageId,
    MessagePartCount: partCount,
    Recipients: recipients.map(({ address, id }) => ({ Address: address, Id: id })),
  };
}
