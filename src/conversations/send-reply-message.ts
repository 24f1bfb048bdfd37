import type { ParentDeps } from './deps.ts';
import {
  acceptMessage,
  requestOf,
  parametersOfSends,
  prepareTextSend,
  sendBody,
  sendDetails,
  sendErrors,
  sentAnswer,
  sentBody,
  sentHeaders,
} from '../messages/index.ts';
import type { AcceptDeps, MarketingOptOutsDeps } from '../messages/index.ts';
import { defineOperation, inPath } from '../operation/define-operation.ts';
import { problem } from '../operation/errors.ts';
import { text } from '../operation/schema.ts';
import { findParent } from './find-parent.ts';

/** Answers a message: sends as Send Message does, refers to that message, and adds the reply to its thread. */
export const sendReplyMessage = defineOperation({
  operationId: 'SendReplyMessage',
  method: 'POST',
  path: '/messages/reply/{ParentMessageId}',
  summary: 'Send Reply Message',
  description: 'Sends an SMS that answers a message, to one or more recipients.',
  visibility: 'important',
  scopes: ['Gateway.Send'],
  parameters: {
    ParentMessageId: inPath(
      text({
        title: 'ParentMessage Id',
        description: 'Message Id of the message you answer.',
        visibility: 'important',
      }),
    ),
    ...parametersOfSends({ replies: true }),
  },
  body: { name: 'Request Body', description: 'The reply and its recipients.', schema: sendBody },
  answer: { status: 200, description: 'The reply is accepted and will be sent.', schema: sentAnswer },
  errors: [...sendErrors, 'MessageNotFound'],
  customer: 'Customer-Id',
  service: { parameter: 'Service-Id', type: 'OneWay', replies: true },
  async prepare(request, deps: AcceptDeps & MarketingOptOutsDeps & ParentDeps) {
    const [parent, { problems, prepared }] = await Promise.all([
      findParent(request.parameters.ParentMessageId, request.customer, deps),
      prepareTextSend(request, deps),
    ]);
    const missing = parent === undefined ? [problem('MessageNotFound', { target: 'ParentMessageId' })] : [];
    return { problems: [...missing, ...problems], prepared: { ...prepared, reply: parent ?? {} } };
  },
  async handler(request, deps: AcceptDeps & MarketingOptOutsDeps & ParentDeps) {
    const { body, parameters, prepared, service } = request;
    const { ParentMessageId: parentMessageId } = parameters;
    const details = { ...sendDetails({ ...request, serviceId: service.id }), parentMessageId };
    const requestContent = requestOf('SendReplyMessage', { parentMessageId, serviceId: service.id, body });
    const accepted = await acceptMessage(details, prepared, requestContent, deps);
    return { body: sentBody(accepted), headers: sentHeaders(prepared, accepted), failure: accepted.failure };
  },
});
