import { defineOperation } from '../operation/define-operation.ts';
import { acceptMessage } from './accept/accept-message.ts';
import { prepareTextSend } from './compose/prepare-text-send.ts';
import { requestOf, sendDetails } from './send-details.ts';
import { sendBody, sendErrors, sendingParameters, sentAnswer, sentBody } from './send-fields.ts';
import { sentHeaders } from './send-warnings.ts';
import type { AcceptDeps, MarketingOptOutsDeps } from './deps.ts';

/** Sends a text message to one or more recipients. */
export const sendMessage = defineOperation({
  operationId: 'SendMessage',
  method: 'POST',
  path: '/messages',
  summary: 'Send Message',
  description: 'Sends an SMS to one or more recipients, now or at a set time.',
  visibility: 'important',
  scopes: ['Gateway.Send'],
  parameters: sendingParameters,
  body: { name: 'Request Body', description: 'The message and its recipients.', schema: sendBody },
  answer: { status: 200, description: 'The message is accepted and will be sent.', schema: sentAnswer },
  errors: sendErrors,
  customer: 'Customer-Id',
  service: { parameter: 'Service-Id', type: 'OneWay' },
  prepare: (request, deps: AcceptDeps & MarketingOptOutsDeps) => prepareTextSend(request, deps),
  async handler(request, deps: AcceptDeps & MarketingOptOutsDeps) {
    const { body, prepared, service } = request;
    const details = sendDetails({ ...request, serviceId: service.id });
    const accepted = await acceptMessage(
      details,
      prepared,
      requestOf('SendMessage', { serviceId: service.id, body }),
      deps,
    );
    return { body: sentBody(accepted), headers: sentHeaders(prepared, accepted), failure: accepted.failure };
  },
});
