import { accountOf } from '../messages/stored-form.ts';
import type { MessageStore, OutboundQueue } from '../messages/index.ts';

/** The store and the queue of messages in one storage account. */
export interface MessageAccount {
  messages: MessageStore;
  outbound: OutboundQueue;
}

/**
 * Makes several storage accounts look like one. The id of a message says which account it is in, which never changes.
 * So accounts can be added at the end of the list at any time.
 *
 * If the account of a message is not listed, `readHeader` and `readMessage` resolve to undefined, as for an unknown
 * message. All other calls throw or reject, so that the work is retried where the account is known.
 */
export function spreadMessages(accounts: readonly [MessageAccount, ...MessageAccount[]]): MessageAccount {
  const [first] = accounts;
  if (accounts.length === 1) return first;
  const find = (messageId: string): MessageAccount | undefined => accounts[accountOf(messageId)];
  const get = (messageId: string): MessageAccount => {
    const account = find(messageId);
    if (account === undefined) throw new Error(`the storage account of message ${messageId} is not configured`);
    return account;
  };

  return {
    messages: {
      create: (header, chunks) => get(header.messageId).messages.create(header, chunks),
      addChunks: (messageId, chunks) => get(messageId).messages.addChunks(messageId, chunks),
      readChunk: async (messageId, index) => get(messageId).messages.readChunk(messageId, index),
      updateChunk: (versioned, progress) => get(versioned.chunk.messageId).messages.updateChunk(versioned, progress),
      appendReports: async (messageId, entries) => get(messageId).messages.appendReports(messageId, entries),
      readHeader: async (messageId) => find(messageId)?.messages.readHeader(messageId),
      readMessage: async (messageId) => find(messageId)?.messages.readMessage(messageId),
    },
    outbound: { enqueue: (job, delaySeconds) => get(job.messageId).outbound.enqueue(job, delaySeconds) },
  };
}
