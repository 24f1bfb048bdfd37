import { randomBytes } from 'node:crypto';

import { apiKeyPrivacy } from '../../src/auth/ports.ts';
import { contactPrivacy, failedMessagePrivacy } from '../../src/contacts/index.ts';
import {
  currentThreadPrivacy,
  inboundMessagePrivacy,
  storedAttachmentPrivacy,
  threadEntryPrivacy,
  threadPrivacy,
} from '../../src/conversations/stored-form.ts';
import { newThreadId } from '../../src/conversations/thread-id.ts';
import { chunkCallbacksPrivacy } from '../../src/delivery-callbacks/index.ts';
import { customerEntryPrivacy, userPrivacy } from '../../src/directory/index.ts';
import {
  carrierIdPrivacy,
  chunkPrivacy,
  journalEntryPrivacy,
  messageHeaderPrivacy,
  requestUsePrivacy,
} from '../../src/messages/stored-form.ts';
import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageHeader } from '../../src/messages/index.ts';
import { chunkRecipientPrivacy } from '../../src/messages/message.ts';
import {
  deadLetterPrivacy,
  notificationChunkPrivacy,
  retryNotificationPrivacy,
} from '../../src/notifications/stored-form.ts';
import { optOutPrivacy } from '../../src/opt-outs/index.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import type { StorageConnection } from '../../src/storage/connection.ts';
import { createTableApiKeyStore } from '../../src/storage/tables/api-key-store.ts';
import { createTableCallbackStore } from '../../src/storage/tables/callback-store.ts';
import { createTableCarrierIdStore } from '../../src/storage/tables/carrier-id-store.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { createTableDirectoryEditor } from '../../src/storage/tables/directory-editor.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableNotificationStore } from '../../src/storage/tables/notification-store.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createTablePermitStore } from '../../src/storage/tables/permit-store.ts';
import { createTableRequestStore } from '../../src/storage/tables/request-store.ts';
import { createTableSubscriptionStore } from '../../src/storage/tables/subscription-store.ts';
import { createTableSweepPositions } from '../../src/storage/tables/sweep-positions.ts';
import { createTableTemplateStore } from '../../src/storage/tables/template-store.ts';
import { createTableThreadStore } from '../../src/storage/tables/thread-store.ts';
import { subscriptionPrivacy } from '../../src/subscriptions/index.ts';
import { templatePrivacy } from '../../src/templates/index.ts';
import { customerEntry, smsService } from '../support/samples/directory.ts';
import { writeDirectory } from '../support/tools/write-directory.ts';
import { storedTemplate } from '../support/samples/templates.ts';
import type { Planter } from '../support/tools/plant-personal.ts';
import { callbacksOfChunk } from './callback-store.contract.ts';
import { letter } from './dead-letter-store.contract.ts';
import { inbound } from './inbound-store.contract.ts';
import { chunksOf, retry } from './notification-store.contract.ts';
import { subscription } from './subscription-store.contract.ts';

/* One of everything that the app stores, with all optional fields, so that no column is missing. */

export const phone = '358401234567';
const other = '358401234568';
/** A time long ago, so that leases have ended and nothing counts as being sent. */
const at = new Date('2020-11-24T10:00:00.123Z');
const hex = (): string => randomBytes(16).toString('hex');
const messageId = (): string => newMessageId({ customerId: 'demo', dueAt: at, callbacks: true }, 1, randomBytes);
const payload = JSON.stringify({ sender: phone, recipient: '16400', content: 'Hei' });

/** Where to store, and how to put marks into what is stored. */
interface Place {
  storage: StorageConnection;
  plant: Planter['plant'];
}

/** Makes a header with all optional fields. */
const header = (id: string, recipientCount: number): MessageHeader => ({
  messageId: id,
  customerId: 'demo',
  serviceId: 'demo-oneway',
  userId: 'demo-user',
  sender: 'Arena',
  protocol: 'WhatsApp',
  acceptedAt: at,
  sendAt: at,
  recipientCount,
  chunkCount: 1,
  partCount: 1,
  customerData: 'order 5',
  adMessage: true,
  dlrUrl: 'https://example.com/dlr',
  requestId: 'request 1',
  attachmentUri: 'https://example.com/a.pdf',
  templateName: 'order_ready',
  parentMessageId: hex(),
  threadId: 'a'.repeat(44),
});

/** Makes a chunk to these recipients, with all optional fields. */
const chunk = (id: string, addresses: readonly string[]): Chunk => ({
  messageId: id,
  index: 0,
  customerId: 'demo',
  serviceId: 'demo-oneway',
  sender: 'Arena',
  protocol: 'WhatsApp',
  sendAt: at,
  template: {
    name: 'order_ready',
    language: 'fi',
    headerParameters: ['5'],
    bodyParameters: ['Aino'],
    buttons: [{ type: 'Url', data: 'orders/5' }],
    attachmentUri: 'https://example.com/a.pdf',
    attachmentKind: 'document',
  },
  buttons: ['Yes, Aino'],
  fallbackSender: 'Arena',
  reply: { threadId: 'a'.repeat(44), phone },
  content: 'Hei $(name)',
  recipients: addresses.map((address) => ({ address, parts: 1, values: ['Aino'] })),
  statuses: addresses.map(() => 'sent'),
  notes: new Map(addresses.map((_, index) => [index, { code: '131026', message: 'no', reason: 'invalidNumber' }])),
  references: new Map(addresses.map((_, index) => [index, `wamid.${index}`])),
  attempts: 1,
  carrier: 'simulated',
  inFlight: [0],
  attemptedAt: at,
  leasedUntil: at,
  leaseId: hex(),
  notBefore: at,
  updatedAt: at,
});

/** Stores a message to the phone alone, with a report that names the phone. */
async function storeMessage({ storage, plant }: Place): Promise<MessageHeader> {
  const messages = createTableMessageStore(storage);
  const id = messageId();
  const note = { code: '131026', message: `${phone} has no WhatsApp`, reason: 'invalidNumber' as const };
  const report = { chunk: 0, recipientIndex: 0, status: 'failed' as const, note, at };
  const stored = header(id, 1);
  await messages.create(plant('messages.header', stored, messageHeaderPrivacy), [
    plant('messages.chunk', chunk(id, [phone]), chunkPrivacy),
  ]);
  await messages.appendReports(id, [plant('messages.reports', report, journalEntryPrivacy)]);
  return stored;
}

/** Stores a message to the phone and to another one, with marks only in what belongs to the phone. */
async function storeSharedMessage({ storage, plant }: Place): Promise<void> {
  const id = messageId();
  const plain = chunk(id, [other, phone]);
  const marked = plant('messages.chunk', chunk(id, [phone, phone]), chunkPrivacy);
  await createTableMessageStore(storage).create(header(id, 2), [
    {
      ...plain,
      recipients: [
        plain.recipients[0]!,
        plant('messages.chunk', { address: phone, parts: 1, values: ['Aino'] }, chunkRecipientPrivacy),
      ],
      notes: new Map([...plain.notes].slice(0, 1).concat([...marked.notes].slice(1))),
      references: new Map([...plain.references].slice(0, 1).concat([...marked.references].slice(1))),
    },
  ]);
}

async function storeContacts({ storage, plant }: Place): Promise<void> {
  const contacts = createTableContactStore(storage, () => at);
  const group = { customerId: 'demo', serviceId: 'demo-group' };
  const contact = {
    id: hex(),
    phone,
    active: true,
    createdAt: at,
    customContactProperties: [{ name: 'a', value: 'b' }],
  };
  await contacts.create(group, plant('contacts.contact', contact, contactPrivacy));
  await contacts.update(group, phone, { active: false });
  const failure = { number: phone, recipientId: hex(), at };
  await contacts.recordFailure(group, plant('contacts.failedMessage', failure, failedMessagePrivacy));
  await contacts.deleteAll({ ...group, serviceId: 'another-group' });
  const optOut = plant('optouts.optOut', { identity: '358401000001', number: phone }, optOutPrivacy);
  await createTableOptOutStore(storage).add(optOut, at);
}

async function storeInbound({ storage, plant }: Place): Promise<void> {
  const inbounds = createTableInboundStore(storage);
  const file = hex();
  const stored = { bytes: Buffer.from(`planted(bytes) ${phone}`), name: 'a', mimeType: 'text/plain', expiresAt: at };
  await createBlobAttachmentStore(storage).put(file, plant('attachments', stored, storedAttachmentPrivacy));
  const message = inbound({
    id: `i${messageId()}`,
    sender: phone,
    buttonReply: 'Yes',
    attachments: [
      { id: file, reference: 'r', name: 'a', mimeType: 'text/plain', state: 'stored' },
      { id: hex(), reference: 'r', name: 'b', mimeType: '', state: 'failed', reason: 'gone' },
    ],
    customerId: 'demo',
    serviceId: 'demo-twoway',
    keyword: 'VOTE',
    threadId: 'a'.repeat(44),
    parentMessageId: hex(),
  });
  const marked = plant('inbound.message', message, inboundMessagePrivacy);
  await inbounds.create(marked);
  await inbounds.recordUnrouted(marked);
  const notifications = createTableNotificationStore(storage);
  const lastAnswer = { status: 503, detail: 'answered 503', at };
  await notifications.createChunks(
    chunksOf(message.id, 1).map((each) =>
      plant('notifications.chunk', { ...each, payload, leasedUntil: at }, notificationChunkPrivacy),
    ),
  );
  const alone = retry({ inboundId: message.id, payload, lastAnswer, leasedUntil: at, notBefore: at });
  await notifications.createRetries([plant('notifications.retry', alone, retryNotificationPrivacy)]);
  const given = letter({ inboundId: message.id, payload, lastAnswer });
  await createTableDeadLetterStore(storage).add(plant('deadletters.letter', given, deadLetterPrivacy));
}

async function storeThread({ storage, plant }: Place): Promise<void> {
  const conversation = { customerId: 'demo', channel: 'SMS' as const, address: '16400', phone };
  const started = { ...conversation, threadId: newThreadId(conversation, at), serviceId: 'demo-twoway', startedAt: at };
  const next = { threadId: started.threadId, lastActiveAt: at, lastSentMessageId: hex(), lastReceivedAt: at };
  const entry = { id: hex(), direction: 'in' as const, messageId: hex(), at };
  await createTableThreadStore(storage).enter(conversation, {
    entry: plant('threads.entry', entry, threadEntryPrivacy),
    next: plant('threads.current', next, currentThreadPrivacy),
    version: undefined,
    started: plant('threads.thread', started, threadPrivacy),
  });
}

/** Stores what belongs to no phone. No declaration calls any of it personal. */
async function storeTheRest({ storage, plant }: Place): Promise<void> {
  const use = { customerId: 'demo', requestId: 'request 1', messageId: hex(), fingerprint: hex(), usedAt: at };
  await createTableRequestStore(storage).claim(plant('requests.use', use, requestUsePrivacy), at);
  const carrierId = { carrier: 'twilio', id: hex(), value: hex(), notedAt: at };
  await createTableCarrierIdStore(storage).record(plant('carrierids.id', carrierId, carrierIdPrivacy));
  const callbacks = callbacksOfChunk({
    done: [1],
    entries: [
      {
        recipientIndex: 0,
        status: 'failed',
        code: '131026',
        at,
        state: 'waiting',
        since: at,
        attempts: 1,
        notBefore: at,
        lastAnswer: { status: 503, detail: 'answered 503', at },
      },
    ],
    lease: { until: at, token: hex() },
    jobAt: at,
  });
  await createTableCallbackStore(storage).write(plant('callbacks.chunk', callbacks, chunkCallbacksPrivacy));
  const subscribed = subscription({
    description: 'A flow',
    origin: { 'x-ms-workflow-name': 'flow' },
    reason: 'refused',
    refusals: { kind: 'notFound', count: 1, since: at },
  });
  const subscriptions = createTableSubscriptionStore(storage);
  await subscriptions.put(plant('subscriptions.subscription', subscribed, subscriptionPrivacy));
  const template = storedTemplate({
    headerText: 'Order',
    attachmentUrl: 'https://example.com/a.pdf',
    attachmentKind: 'document',
    reason: 'INVALID_FORMAT',
    carrierReference: '5',
    buttons: [{ type: 'Url', label: 'Show', data: 'https://example.com/{{1}}' }],
  });
  await createTableTemplateStore(storage).create(plant('templates.template', template, templatePrivacy));
  const key = { id: hex(), hash: hex(), userId: 'demo-user', scopes: ['WhatsApp'], name: 'A key', createdAt: at };
  await createTableApiKeyStore(storage).add(plant('apikeys.key', { ...key, expiresAt: at }, apiKeyPrivacy));
  const customer = customerEntry('demo', { services: [smsService('main', '16400', ['VOTE'])] });
  const user = { id: 'demo-user', name: 'Demo', customerIds: ['demo'] };
  await writeDirectory(createTableDirectoryEditor(storage, { now: () => at }), {
    customers: [plant('directory.customer', customer, customerEntryPrivacy)],
    users: [plant('directory.user', user, userPrivacy)],
  });
  await createTablePermitStore(storage).write('connection', [{ index: 0, freeAt: at }]);
  await createTableSweepPositions(storage).write('messages', '00 x');
}

/** Kinds of rows that the app writes together with others, or that have no type of their own. They get no marks. */
export const plainKinds = [
  'directory.claim',
  'directory.lock',
  'groups.group',
  'rights.permit',
  'sweeps.position',
  'unrouted.note',
];

/**
 * Stores one of every kind of row and blob. Everything that can belong to a phone belongs to {@link phone}.
 *
 * @returns the header, without marks, of the message to the phone alone
 */
export async function storeEverything(place: Place): Promise<MessageHeader> {
  await storeSharedMessage(place);
  await storeContacts(place);
  await storeInbound(place);
  await storeThread(place);
  await storeTheRest(place);
  return storeMessage(place);
}
