import { defineOperation } from '../operation/define-operation.ts';
import { choice, flag, integer, list, object, optional, text } from '../operation/schema.ts';
import { templatesDropdown } from '../templates/index.ts';
import { acceptMessage } from './accept/accept-message.ts';
import { recipientLimit } from './compose/prepare-send.ts';
import { prepareTemplateSend } from './compose/prepare-template-send.ts';
import { requestOf, sendDetails } from './send-details.ts';
import { customerData, requestId, sendingParameters } from './send-fields.ts';
import { sentHeaders } from './send-warnings.ts';
import type { AcceptDeps, TemplateSendDeps } from './deps.ts';

/**
 * Sends an approved WhatsApp template. If the caller asks for it, recipients whom WhatsApp does not reach get the text
 * by SMS.
 */
export const sendWhatsappTemplateMessage = defineOperation({
  operationId: 'SendWhatsappTemplateMessage',
  method: 'POST',
  path: '/messages/templates/whatsapp',
  summary: 'Send WhatsApp Message',
  description: 'Send a message made from an approved WhatsApp template to one or more recipients.',
  visibility: 'important',
  scopes: ['Gateway.Send'],
  parameters: sendingParameters,
  body: {
    name: 'Request Body',
    description: 'The template, what fills it, and the recipients.',
    schema: object({
      TemplateName: text({
        title: 'WhatsApp Template',
        description: 'The approved template to send.',
        visibility: 'important',
        dropdown: templatesDropdown('Customer-Id'),
      }),
      Recipients: list(
        object({
          Address: text({
            title: 'Address',
            description: 'The phone number of the recipient, best in international format without prefixes.',
          }),
        }),
        { title: 'Recipients', description: 'Who gets the message.', minItems: 1, maxItems: recipientLimit },
      ),
      BodyParameters: optional(
        list(
          text({ title: 'Template Body Parameters', description: 'What takes the place of a number in the body.' }),
          {
            title: 'Body Parameters',
            description: 'A value for each number in the body of the template, in their order.',
          },
        ),
      ),
      HeaderParameters: optional(
        list(
          text({ title: 'Template Header Parameters', description: 'What takes the place of a number in the header.' }),
          { title: 'Header Parameters', description: 'A value for each number in the header of the template.' },
        ),
      ),
      Buttons: optional(
        list(
          object({
            Type: optional(
              choice(['Call', 'QuickReply', 'Url'], {
                title: 'Type',
                description: 'The type of the button: one type in a template, of which there may be several.',
              }),
            ),
            Data: optional(text({ title: 'Text', description: 'The variable part of the button.' })),
          }),
          { title: 'Buttons', description: 'What fills the buttons of the template.' },
        ),
      ),
      SendDateTime: optional(
        text({
          title: 'Send Datetime',
          description: 'When to send the message, in ISO 8601, up to a year ahead. Leave empty to send at once.',
        }),
      ),
      AttachmentUri: optional(
        text({ title: 'Attachment Uri', description: 'The address of the attachment, where the template has one.' }),
      ),
      UseSmsFallback: optional(
        flag({
          title: 'Use SMS Fallback',
          description: 'Sends the text by SMS to those whom WhatsApp does not reach.',
        }),
      ),
      DlrUrl: optional(
        text({ title: 'Dlr Url', description: 'An address that is called when the send process completes.' }),
      ),
      CustomerData: customerData,
      RequestId: requestId,
    }),
  },
  answer: {
    status: 200,
    description: 'The message is accepted and will be sent.',
    schema: object({
      messageId: text({ title: 'Message Id', description: 'Identifier of the new message.' }),
      messagePartCount: integer({ title: 'Message Part Count', description: 'Always 1 for WhatsApp.' }),
      recipients: list(
        object({
          address: text({
            title: 'Recipient Address',
            description: 'The phone number of the recipient, in international format.',
          }),
          id: text({ title: 'Recipient Id', description: 'Identifier of the recipient, used for delivery status.' }),
        }),
        { title: 'Recipients', description: 'The recipients of the message.' },
      ),
    }),
  },
  errors: [
    'TemplateNotFound',
    'InvalidPhoneNumber',
    'InvalidDateTime',
    'InvalidUrl',
    'CallbackRefused',
    'DateTooFarAhead',
    'ContentTooLong',
    'RequestIdReused',
  ],
  customer: 'Customer-Id',
  service: { parameter: 'Service-Id', type: 'OneWay' },
  prepare: (request, deps: TemplateSendDeps & AcceptDeps) => prepareTemplateSend(request, deps),
  async handler(request, deps: TemplateSendDeps & AcceptDeps) {
    const { body, prepared, service } = request;
    const details = sendDetails({ ...request, serviceId: service.id });
    const accepted = await acceptMessage(
      details,
      prepared,
      requestOf('SendWhatsappTemplateMessage', { serviceId: service.id, body }),
      deps,
    );
    return {
      body: { messageId: accepted.messageId, messagePartCount: accepted.partCount, recipients: accepted.recipients },
      headers: sentHeaders(prepared, accepted),
      failure: accepted.failure,
    };
  },
});
