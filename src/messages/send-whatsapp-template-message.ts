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
  description: "Sends an approved WhatsApp template. Works at any time, also outside WhatsApp's 24 hours.",
  visibility: 'important',
  scopes: ['Gateway.Send'],
  parameters: sendingParameters,
  body: {
    name: 'Request Body',
    description: 'The template, its values, and the recipients.',
    schema: object({
      TemplateName: text({
        title: 'WhatsApp Template',
        description: 'Approved template to send. Nothing listed? Create one, and wait for its approval.',
        visibility: 'important',
        dropdown: templatesDropdown('Customer-Id'),
      }),
      Recipients: list(
        object({
          Address: text({
            title: 'Address',
            description: '358401234567: country code and number, without + or 00.',
          }),
        }),
        { title: 'Recipients', description: 'Who gets the message.', minItems: 1, maxItems: recipientLimit },
      ),
      BodyParameters: optional(
        list(text({ title: 'Template Body Parameters', description: 'Value for the next placeholder of the text.' }), {
          title: 'Body Parameters',
          description: 'One value for each {{1}}, {{2}} of the text, in that order.',
        }),
      ),
      HeaderParameters: optional(
        list(
          text({ title: 'Template Header Parameters', description: 'Value for the next placeholder of the header.' }),
          { title: 'Header Parameters', description: 'One value for each {{1}}, {{2}} of the header, in that order.' },
        ),
      ),
      Buttons: optional(
        list(
          object({
            Type: optional(
              choice(['Call', 'QuickReply', 'Url'], {
                title: 'Type',
                description: "Type of the template's buttons. May be left empty.",
              }),
            ),
            Data: optional(
              text({
                title: 'Text',
                description: 'Url: replaces {{1}} in the address. QuickReply: text that a tap sends back.',
              }),
            ),
          }),
          { title: 'Buttons', description: "Values for the template's buttons, in their order." },
        ),
      ),
      SendDateTime: optional(
        text({
          title: 'Send Datetime',
          description: "Empty sends now. 2026-12-01T09:00 is the customer's local time; add Z for UTC.",
        }),
      ),
      AttachmentUri: optional(
        text({
          title: 'Attachment Uri',
          description: 'Address of the image, video or document, if the template has one.',
        }),
      ),
      UseSmsFallback: optional(
        flag({
          title: 'Use SMS Fallback',
          description: 'Yes sends the text by SMS to recipients whom WhatsApp does not reach.',
        }),
      ),
      DlrUrl: optional(
        text({
          title: 'Dlr Url',
          description: "Public address, best https, called by GET with each recipient's status. Your query is kept.",
        }),
      ),
      CustomerData: customerData,
      RequestId: requestId,
    }),
  },
  answer: {
    status: 200,
    description: 'The message is accepted and will be sent.',
    schema: object({
      messageId: text({ title: 'Message Id', description: 'Id of the new message.' }),
      messagePartCount: integer({ title: 'Message Part Count', description: 'Always 1 for WhatsApp.' }),
      recipients: list(
        object({
          address: text({
            title: 'Recipient Address',
            description: 'Phone number of the recipient: country code and number, digits only.',
          }),
          id: text({
            title: 'Recipient Id',
            description: 'Id of the recipient in delivery reports and Get message status.',
          }),
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
