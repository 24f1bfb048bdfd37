import { accountOf } from '../messages/index.ts';
import type { MessageFinder, MessageStore, OutboundQueue } from '../messages/index.ts';
import type { Found } from '../operation/define-look.ts';

/** What one storage account does for messages. */
export interface MessageAccount {
  messages: MessageStore;
  outbound: OutboundQueue;
  finder: MessageFinder;
}

/**
 * Makes several storage accounts look like one. Which account a message is in follows from its id and never changes, so
 * accounts can be added at the end of the list at any time. Of a message in an account that is not listed nothing is
 * known: it can be read as little as one that never was.
 */
export function spreadMessages(accounts: readonly [MessageAccount, ...MessageAccount[]]): MessageAccount {
  const [first] = accounts;
  if (accounts.length === 1) return first;
  const find = (messageId: string): MessageAccount | undefined => accounts[accountOf(messageId)];
  const get = (messageId: string): MessageAccount => {
    const account = find(messageId);
    if (account === undefined) throw new Error(`the storage account of message ${messageId} is not set up`);
    return account;
  };

  return {
    messages: {
      create: (header, chunks) => get(header.messageId).messages.create(header, chunks),
      addChunks: (messageId, chunks) => get(messageId).messages.addChunks(messageId, chunks),
      readChunk: async (messageId, index) => find(messageId)?.messages.readChunk(messageId, index),
      updateChunk: (versioned, progress) => get(versioned.chunk.messageId).messages.updateChunk(versioned, progress),
      appendReports: async (messageId, entries) => find(messageId)?.messages.appendReports(messageId, entries),
      readHeader: async (messageId) => find(messageId)?.messages.readHeader(messageId),
      readMessage: async (messageId) => find(messageId)?.messages.readMessage(messageId),
    },
    outbound: { enqueue: (job, delaySeconds) => get(job.messageId).outbound.enqueue(job, delaySeconds) },
    finder: {
      listWaiting: (span, from) => oneByOne(accounts, from, (finder, rest) => finder.listWaiting(span, rest)),
      listSilent: (span, from) => oneByOne(accounts, from, (finder, rest) => finder.listSilent(span, rest)),
    },
  };
}

/** Pages through one account after the other; a position is the account's number, a colon, and the position in it. */
async function oneByOne<Item>(
  accounts: readonly MessageAccount[],
  from: string | undefined,
  list: (finder: MessageFinder, from: string | undefined) => Promise<Found<Item>>,
): Promise<Found<Item>> {
  const [, number = '0', rest = ''] = /^(\d+):(.*)$/s.exec(from ?? '') ?? [];
  const account = accounts[Number(number)];
  if (account === undefined) return { items: [] };
  const { items, next } = await list(account.finder, rest === '' ? undefined : rest);
  if (next !== undefined) return { items, next: `${number}:${next}` };
  const following = Number(number) + 1;
  return { items, ...(following < accounts.length ? { next: `${following}:` } : {}) };
}
