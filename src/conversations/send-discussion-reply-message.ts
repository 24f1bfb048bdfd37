import type { DiscussionDeps } from './deps.ts';
import {
  acceptMessage,
  requestOf,
  customerData,
  requestId,
  sendDetails,
  sendingCustomer,
  sentBody,
  sentFields,
} from '../messages/index.ts';
import { sentHeaders } from '../messages/index.ts';
import type { AcceptDeps } from '../messages/index.ts';
import { defineOperation, inHeader } from '../operation/define-operation.ts';
import { list, object, optional, text } from '../operation/schema.ts';
import { prepareDiscussionReply } from './prepare-discussion-reply.ts';
import { buttonLimit } from './prepare-reply-buttons.ts';

/** Sends a message in a thread: on its channel, from its address, to its phone. */
export const sendDiscussionReplyMessage = defineOperation({
  operationId: 'SendDiscussionReplyMessage',
  method: 'POST',
  path: '/messages/discussion/reply',
  summary: 'Send Discussion Reply Message',
  description:
    "Replies in a conversation, from the number that was written to. WhatsApp allows it within 24 hours of the person's last message.",
  visibility: 'important',
  scopes: ['Discussion.Reply'],
  parameters: { CustomerId: inHeader(sendingCustomer) },
  body: {
    name: 'Request Body',
    description: 'The thread and what to send.',
    schema: object({
      ThreadId: text({
        title: 'Thread Id',
        description: 'Thread Id of the received message that you answer.',
        visibility: 'important',
      }),
      Content: text({ title: 'Message Content', description: 'Text to send.', visibility: 'important' }),
      Buttons: optional(
        list(text({ title: 'Button Label', description: 'Text on the button, up to 20 characters.' }), {
          title: 'Buttons',
          description: 'Up to three buttons below the text. WhatsApp only.',
          visibility: 'advanced',
          maxItems: buttonLimit,
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
      ...sentFields,
      ThreadId: text({ title: 'Thread Id', description: 'Id of the thread that the message was sent to.' }),
    }),
  },
  errors: ['ThreadNotFound', 'WindowClosed', 'ContentTooLong', 'EmptyContent', 'RequestIdReused'],
  customer: 'CustomerId',
  prepare: (request, deps: AcceptDeps & DiscussionDeps) => prepareDiscussionReply(request, deps),
  async handler({ body, caller, customer, now, header, prepared }, deps: AcceptDeps & DiscussionDeps) {
    const { serviceId, threadId } = prepared;
    const details = sendDetails({ body, caller, customer, serviceId, now, header });
    const requestContent = requestOf('SendDiscussionReplyMessage', { body });
    const accepted = await acceptMessage({ ...details, threadId }, prepared, requestContent, deps);
    return {
      body: { ...sentBody(accepted), ThreadId: threadId },
      headers: sentHeaders(prepared, accepted),
      failure: accepted.failure,
    };
  },
});
