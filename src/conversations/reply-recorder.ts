import type { EnterThreadDeps } from './deps.ts';
import type { OutgoingReply, ReplyRecorder } from '../messages/index.ts';
import { eachOf } from '../core/concurrency.ts';
import { enterThread } from './enter-thread.ts';
import type { Conversation } from './ports.ts';

/** Replies that are entered at a time: enough to be quick, too few to bring on throttling. */
const concurrency = 16;

/** Enters what we answer into its threads: a named one, else the current one of sender and phone. */
export function createReplyRecorder(deps: EnterThreadDeps): ReplyRecorder {
  return {
    async record(replies) {
      await eachOf(replies, concurrency, (reply) => enter(reply, deps));
    },
  };
}

async function enter(reply: OutgoingReply, deps: EnterThreadDeps): Promise<void> {
  const { customerId, serviceId, protocol: channel, sender, phone, threadId, recipientId, messageId, at } = reply;
  const thread = threadId === undefined ? undefined : await deps.threads.store.read(threadId);
  // What is sent from another sender to the thread's phone is in the thread all the same.
  const conversation: Conversation = thread ?? { customerId, channel, address: sender, phone };
  await enterThread(
    {
      customerId: conversation.customerId,
      channel: conversation.channel,
      address: conversation.address,
      phone: conversation.phone,
    },
    {
      entry: { id: recipientId, direction: 'out', messageId, at },
      serviceId,
      ...(thread === undefined ? {} : { threadId: thread.threadId }),
    },
    deps,
  );
}
