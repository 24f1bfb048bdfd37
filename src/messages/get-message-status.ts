import type { MessagesDeps } from './deps.ts';
import { customersDropdown } from '../directory/index.ts';
import { defineOperation, inHeader, inPath } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { flag, list, object, optional, text, timestamp } from '../operation/schema.ts';
import { aboutReason } from './failure-reasons.ts';
import { foldMessage } from './reports/fold-message.ts';
import type { SendingState } from './reports/fold-message.ts';
import { mayBeMessageOf } from './message-id.ts';
import type { StatusNote } from './message.ts';
import { summariseStatuses } from './status.ts';

const errorCode = optional(
  text({ title: 'Error Code', description: "The carrier's code, or ours, for why the message did not arrive." }),
);
const errorMessage = optional(text({ title: 'Error Message', description: 'What the code means, in words.' }));
const reason = optional(text({ title: 'Reason', description: 'The reason in one word, the same for all carriers.' }));
const retryable = optional(
  flag({ title: 'Retryable', description: 'Whether the message may arrive if it is sent again later.' }),
);
const remedy = optional(text({ title: 'Remedy', description: 'What to do about it.' }));
const updatedAt = timestamp({ title: 'Updated At', description: 'When the status last changed.' });

function statusFields({ status, note, updatedAt: at }: SendingState) {
  return {
    Status: status,
    ...(note === undefined ? {} : failureFields(note)),
    UpdatedAt: at.toISOString(),
  };
}

function failureFields({ code, message, reason: word = 'other' }: StatusNote) {
  const about = aboutReason(word);
  return {
    ErrorCode: code,
    ErrorMessage: message,
    Reason: word,
    Retryable: about.retryable,
    Remedy: about.remedy,
  };
}

/** Returns the status of a message and of each of its recipients. */
export const getMessageStatus = defineOperation({
  operationId: 'GetMessageStatus',
  method: 'GET',
  path: '/messages/{MessageId}',
  summary: 'Get message status',
  description: 'Gets the delivery status of an SMS or WhatsApp message and of each recipient.',
  scopes: ['Gateway.Send'],
  parameters: {
    MessageId: inPath(text({ title: 'Message Id', description: 'Message Id that the send action returned.' })),
    'Customer-Id': inHeader(
      text({ title: 'Customer', description: 'The customer that sent the message.', dropdown: customersDropdown }),
    ),
  },
  answer: {
    status: 200,
    description: 'The status of the message.',
    schema: object({
      MessageId: text({ title: 'Message Id', description: 'Id of the message.' }),
      Status: text({
        title: 'Message Status',
        description:
          'The status that all recipients share; otherwise the earliest still open; otherwise partiallyDelivered or failed.',
      }),
      Recipients: list(
        object({
          Id: text({ title: 'Recipient Id', description: 'Id of the recipient.' }),
          Address: text({ title: 'Recipient Address', description: 'Phone number of the recipient.' }),
          Status: text({
            title: 'Recipient Status',
            description:
              'One of accepted, scheduled, queued, sent, delivered, read, undelivered, expired, rejected, failed, canceled and unknown.',
          }),
          ErrorCode: errorCode,
          ErrorMessage: errorMessage,
          Reason: reason,
          Retryable: retryable,
          Remedy: remedy,
          UpdatedAt: updatedAt,
          History: optional(
            list(
              object({
                Protocol: text({ title: 'Channel', description: 'SMS or WhatsApp.' }),
                Status: text({ title: 'Channel Status', description: 'Status on this channel.' }),
                ErrorCode: errorCode,
                ErrorMessage: errorMessage,
                Reason: reason,
                Retryable: retryable,
                Remedy: remedy,
                UpdatedAt: updatedAt,
              }),
              { title: 'History', description: 'Each channel in the order tried, if SMS replaced WhatsApp.' },
            ),
          ),
        }),
        { title: 'Recipients', description: 'The recipients, in the order of the send.' },
      ),
    }),
  },
  errors: ['MessageNotFound'],
  customer: 'Customer-Id',
  async handler({ parameters, customer }, { messages }: { messages: Pick<MessagesDeps, 'store'> }) {
    const { MessageId: messageId } = parameters;
    const message = mayBeMessageOf(customer.id, messageId) ? await messages.store.readMessage(messageId) : undefined;
    if (message === undefined || message.header.customerId !== customer.id) {
      throw apiError('MessageNotFound', { target: 'MessageId' });
    }
    const recipients = foldMessage(message);
    return {
      body: {
        MessageId: messageId,
        Status: summariseStatuses(recipients.map(({ status }) => status)),
        Recipients: recipients.map(({ id, address, history, ...state }) => ({
          Id: id,
          Address: address,
          ...statusFields(state),
          ...(history === undefined
            ? {}
            : { History: history.map(({ protocol, ...tried }) => ({ Protocol: protocol, ...statusFields(tried) })) }),
        })),
      },
    };
  },
});
