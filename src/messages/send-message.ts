import { isObject } from '../operation/json.ts';
import { defineOperation } from '../operation/define-operation.ts';
import { acceptMessage } from './accept-message.ts';
import type { MessagingWorld } from './accept-message.ts';
import { marketingOptOuts } from './marketing-opt-outs.ts';
import type { OptOutsWorld } from './marketing-opt-outs.ts';

import { prepareSend } from './prepare-send.ts';
import { sendDetails } from './send-details.ts';
import { sendBody, sendingParameters, sentAnswer } from './send-fields.ts';
import { sentHeaders } from './send-warnings.ts';

/** Sends a text message to one or more recipients. */
export const sendMessage = defineOperation({
  operationId: 'SendMessage',
  method: 'POST',
  path: '/messages',
  summary: 'Send Message',
  description: 'Send a text message to one or more recipients.',
  visibility: 'important',
  scopes: ['Gateway.Send'],
  parameters: sendingParameters,
  body: { name: 'Request Body', description: 'The message and its recipients.', schema: sendBody },
  answer: { status: 200, description: 'The message is accepted and will be sent.', schema: sentAnswer },
  errors: [
    'SenderNotAllowed',
    'ContentTooLong',
    'EmptyContent',
    'MissingPlaceholder',
    'InvalidPhoneNumber',
    'InvalidUrl',
    'AttachmentNotCarried',
    'DateTooFarAhead',
    'RequestIdReused',
  ],
  customer: 'Customer-Id',
  service: { parameter: 'Service-Id', type: 'OneWay' },
  async prepare(request, world: MessagingWorld & OptOutsWorld) {
    const { problems, prepared } = prepareSend(request);
    const isAd = isObject(request.body) && request.body['AdMessage'] === true;
    const optedOut = isAd ? await marketingOptOuts(request.customer, world) : prepared.optedOut;
    return { problems, prepared: { ...prepared, optedOut } };
  },
  async handler(request, world: MessagingWorld & OptOutsWorld) {
    const { body, prepared, service } = request;
    const accepted = await acceptMessage(sendDetails(request), prepared, { serviceId: service.id, body }, world);
    return {
      body: {
        MessageId: accepted.messageId,
        MessagePartCount: accepted.partCount,
        Recipients: accepted.recipients.map(({ address, id }) => ({ Address: address, Id: id })),
      },
      headers: sentHeaders(prepared, accepted),
    };
  },
});
