import type { EnterThreadDeps } from './deps.ts';
import type { OutgoingReply, ReplyRecorder } from '../messages/index.ts';
import { eachOf } from '../core/concurrency.ts';
import { enterThread } from './enter-thread.ts';
import type { Conversation } from './ports.ts';

/** Replies added at the same time: enough to be fast, too few to cause throttling. */
const concurrency = 16;

/**
 * Adds our replies to their threads: the thread that a reply names, otherwise the current one of its sender and phone.
 */
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
  // A reply to the thread's phone belongs to the thread even if it is sent from another sender.
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
