import { apiKeyPrivacy } from '../auth/ports.ts';
import { contactPrivacy, failedMessagePrivacy } from '../contacts/index.ts';
import {
  currentThreadPrivacy,
  inboundMessagePrivacy,
  storedAttachmentPrivacy,
  threadEntryPrivacy,
  threadPrivacy,
} from '../conversations/stored-form.ts';
import type { AnyPrivacy } from '../core/privacy.ts';
import { chunkCallbacksPrivacy } from '../delivery-callbacks/index.ts';
import { customerEntryPrivacy, userPrivacy } from '../directory/index.ts';
import {
  carrierIdPrivacy,
  chunkPrivacy,
  journalEntryPrivacy,
  messageHeaderPrivacy,
  requestUsePrivacy,
} from '../messages/stored-form.ts';
import { deadLetterPrivacy, notificationChunkPrivacy, retryNotificationPrivacy } from '../notifications/stored-form.ts';
import { optOutPrivacy } from '../opt-outs/index.ts';
import { subscriptionPrivacy } from '../subscriptions/index.ts';
import { templatePrivacy } from '../templates/index.ts';

/*
 * Declares what tables and containers hold. A table or container that is not listed can't be opened. Queues are not
 * listed, because `npm run forget` doesn't reach them.
 */

/**
 * The tables with the kinds of their rows. Each kind names what its columns hold: the declaration of the stored type,
 * plus an entry for each column whose name differs from its field. A contract test fails if a text column has no entry.
 * Columns that hold only times need none.
 */
export const tablePrivacy = {
  apikeys: { key: apiKeyPrivacy },
  callbacks: { chunk: { ...chunkCallbacksPrivacy, done: 'technical', leaseToken: 'technical' } },
  carrierids: { id: carrierIdPrivacy },
  contacts: {
    contact: { ...contactPrivacy, custom: contactPrivacy.customContactProperties },
    failedMessage: failedMessagePrivacy,
  },
  deadletters: { letter: deadLetterPrivacy },
  directory: {
    customer: { kind: 'technical', entry: customerEntryPrivacy },
    user: { kind: 'technical', entry: userPrivacy },
    claim: { kind: 'technical', claim: 'customer', customerId: 'customer' },
    lock: { kind: 'technical', state: 'technical' },
  },
  groups: { group: { generation: 'technical' } },
  inbound: { message: inboundMessagePrivacy },
  messages: {
    header: messageHeaderPrivacy,
    chunk: { ...chunkPrivacy, inHand: 'technical' },
    reports: { reports: [journalEntryPrivacy] },
  },
  notifications: { chunk: notificationChunkPrivacy, retry: retryNotificationPrivacy },
  optouts: { optOut: optOutPrivacy },
  requests: { use: requestUsePrivacy },
  rights: { permit: {} },
  subscriptions: { subscription: subscriptionPrivacy },
  sweeps: { position: { position: 'technical' } },
  templates: { template: templatePrivacy },
  threads: { thread: threadPrivacy, current: currentThreadPrivacy, entry: threadEntryPrivacy },
  unrouted: {
    note: {
      sender: inboundMessagePrivacy.sender,
      recipient: inboundMessagePrivacy.recipient,
      protocol: inboundMessagePrivacy.protocol,
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, AnyPrivacy>>>>>>;

/** The containers of blobs, with the declarations of what is stored with a blob's bytes. */
export const containerPrivacy = {
  attachments: storedAttachmentPrivacy,
} as const satisfies Readonly<Record<string, Readonly<Record<string, AnyPrivacy>>>>;
