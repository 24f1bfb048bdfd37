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
        description: 'The service that sends the message.',
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
    description: 'A unique id of this request. A repeat within 7 days sends nothing and gets the first answer again.',
    maxLength: 1000,
  }),
);

/** The body of a send, shared by all operations that send text. */
export const sendBody = object({
  Sender: text({
    title: 'Message Sender',
    description:
      'The sender shown on the phone: a name of up to 11 characters, a short code or a phone number that the service may use.',
    visibility: 'important',
  }),
  Content: text({
    title: 'Message Content',
    description: 'The text of the message. A placeholder such as $(name) is filled for each recipient.',
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
      description: 'When to send the message, up to a year ahead. Leave empty to send at once.',
      visibility: 'important',
    }),
  ),
  Recipients: list(
    object({
      Address: text({
        title: 'Address',
        description: 'The phone number of the recipient, best in international format without prefixes.',
        visibility: 'important',
      }),
      Personalization: optional(
        freeObject({
          title: 'Personalization',
          description: 'A value for each placeholder in the content, by its name.',
        }),
      ),
      Placeholders: optional(
        list(
          object({
            name: text({ title: 'Placeholder Name', description: 'The name of a placeholder in the content.' }),
            value: optional(
              text({ title: 'Placeholder Value', description: 'What takes its place. Nothing where left empty.' }),
            ),
          }),
          {
            title: 'Placeholders',
            maxItems: 1_000,
            description:
              'The same as Personalization, as a list, for apps that can not fill an object with names of their own.',
          },
        ),
      ),
    }),
    { title: 'Recipients', description: 'Who gets the message.', minItems: 1, maxItems: recipientLimit },
  ),
  AttachmentUri: optional(
    text({
      title: 'Attachment Uri',
      description: 'For channels that carry attachments. SMS does not, so leave it empty.',
    }),
  ),
  CustomerData: customerData,
  AdMessage: optional(
    flag({
      title: 'Ad Message',
      description: 'Marks the message as an advertisement: it is not sent to those who opted out.',
    }),
  ),
  DlrUrl: optional(
    text({
      title: 'Dlr Url',
      description: 'An address that is called when the delivery status of a recipient is known.',
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
  MessageId: text({ title: 'Message Id', description: 'Identifier of the new message.' }),
  MessagePartCount: integer({
    title: 'Message Part Count',
    description: 'The largest number of message parts that a recipient gets.',
  }),
  Recipients: list(
    object({
      Address: text({
        title: 'Recipient Address',
        description: 'The phone number of the recipient, in international format.',
      }),
      Id: text({ title: 'Recipient Id', description: 'Identifier of the recipient, used for delivery status.' }),
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
