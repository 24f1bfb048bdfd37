import { randomBytes } from 'node:crypto';

import { TableClient } from '@azure/data-tables';
import { afterAll, expect, test } from 'vitest';

import { newThreadId } from '../../src/conversations/thread-id.ts';
import type { Conversation } from '../../src/conversations/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageHeader } from '../../src/messages/index.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { forgetPhone } from '../../src/storage/tables/forget-phone.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableNotificationStore } from '../../src/storage/tables/notification-store.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createTableThreadStore } from '../../src/storage/tables/thread-store.ts';
import { letter } from './dead-letter-store.contract.ts';
import { inbound } from './inbound-store.contract.ts';
import { chunksOf, retry } from './notification-store.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());

const phone = '358401234567';
const other = '358401234568';
const at = new Date('2026-11-24T10:00:00.123Z');
const hex = (): string => randomBytes(16).toString('hex');

const contacts = createTableContactStore(azurite, () => at);
const messages = createTableMessageStore(azurite);
const inbounds = createTableInboundStore(azurite);
const attachments = createBlobAttachmentStore(azurite);
const notifications = createTableNotificationStore(azurite);
const letters = createTableDeadLetterStore(azurite);
const threads = createTableThreadStore(azurite);
const optOuts = createTableOptOutStore(azurite);

const group = { customerId: 'demo', serviceId: 'g' };

/** Makes a message to these phones, with a value for each. */
async function send(addresses: readonly string[], details: Partial<Chunk> = {}): Promise<string> {
  const messageId = newMessageId({ customerId: 'demo', dueAt: at, callbacks: false }, 1, randomBytes);
  const common = { messageId, customerId: 'demo', serviceId: 's', sender: 'Arena', protocol: 'SMS' as const };
  const header: MessageHeader = {
    ...common,
    userId: 'u',
    acceptedAt: at,
    customerData: 'order of Aino',
    recipientCount: addresses.length,
    chunkCount: 1,
    partCount: 1,
  };
  const chunk: Chunk = {
    ...common,
    index: 0,
    content: 'Hei $(name)',
    recipients: addresses.map((address) => ({ address, parts: 1, values: [`Aino of ${address}`] })),
    statuses: addresses.map(() => 'sent' as const),
    notes: new Map(),
    references: new Map(),
    attempts: 1,
    updatedAt: at,
    ...details,
  };
  await messages.create(header, [chunk]);
  return messageId;
}

async function everything(): Promise<string> {
  const names = ['messages', 'inbound', 'unrouted', 'notifications', 'deadletters', 'threads', 'contacts', 'optouts'];
  const rows = names.map((name) => {
    const client = TableClient.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });
    return Array.fromAsync(client.listEntities());
  });
  return JSON.stringify(await Promise.all(rows));
}

async function write(number: string, attachmentId: string): Promise<string> {
  await contacts.create(group, {
    id: hex(),
    phone: number,
    active: true,
    createdAt: at,
    firstName: 'Aino',
    customContactProperties: [],
  });
  await contacts.recordFailure(group, { number, recipientId: hex(), at });
  await optOuts.add({ identity: '358401000001', number }, at);
  await attachments.put(attachmentId, { bytes: Uint8Array.of(1), name: 'a', mimeType: 'image/png', expiresAt: at });
  const stored = { id: attachmentId, reference: 'r', name: 'a', mimeType: 'image/png', state: 'stored' as const };
  const message = inbound({
    id: `i${newMessageId({ customerId: 'demo', dueAt: at, callbacks: false }, 1, randomBytes)}`,
    sender: number,
    attachments: [stored],
  });
  await inbounds.create(message);
  await inbounds.recordUnrouted(message);
  const payload = JSON.stringify({ sender: number, recipient: '16400', content: 'Hei' });
  await notifications.createChunks(chunksOf(message.id, 1).map((chunk) => ({ ...chunk, payload })));
  await notifications.createRetries([retry({ inboundId: message.id, payload })]);
  await letters.add(letter({ payload, inboundId: message.id }));
  const conversation: Conversation = { customerId: 'demo', channel: 'SMS', address: '16400', phone: number };
  const threadId = newThreadId(conversation, at);
  await threads.enter(conversation, {
    entry: { id: message.id, direction: 'in', messageId: message.id, at },
    next: { threadId, lastActiveAt: at },
    version: undefined,
    started: { ...conversation, threadId, serviceId: 's', startedAt: at },
  });
  return message.id;
}

test('counts a number, then forgets it, then finds nothing; another number stays as it is', async () => {
  const [file, otherFile] = [hex(), hex()];
  await write(phone, file);
  const otherInbound = await write(other, otherFile);
  const shared = await send([other, phone], { reply: { threadId: 'a'.repeat(44), phone } });
  const alone = await send([phone], {
    template: { name: 't', language: 'fi', headerParameters: [], bodyParameters: ['Aino'], buttons: [] },
    buttons: ['Aino'],
    notes: new Map([[0, { code: 'x', message: `no ${phone}` }]]),
  });
  const waiting = await send([phone, other], { statuses: ['scheduled', 'scheduled'], sendAt: at });
  const leased = await send([phone], { leasedUntil: new Date(Date.now() + 60_000) });
  const sentToOther = await send([other]);
  await messages.appendReports(alone, [
    { chunk: 0, recipientIndex: 0, status: 'failed', at, note: { code: 'x', message: `${phone} is barred` } },
  ]);
  const [otherBefore, before] = [await messages.readMessage(sentToOther), await everything()];

  const counts = {
    contacts: 2,
    optOuts: 0,
    recipients: 3,
    reports: 1,
    beingSent: 1,
    inbound: 1,
    unrouted: 1,
    notifications: 2,
    deadLetters: 1,
    conversations: 1,
  };
  expect(await forgetPhone(azurite, { phone, apply: false, optOuts: false, attachments })).toEqual(counts);
  expect(await everything()).toBe(before);
  expect(await attachments.read(file)).toBeDefined();

  expect(await forgetPhone(azurite, { phone, apply: true, optOuts: false, attachments })).toEqual(counts);
  expect((await optOuts.list('358401000001')).toSorted()).toEqual([phone, other]);
  expect(await contacts.read(group, phone)).toBeUndefined();
  expect(await contacts.read(group, other)).toMatchObject({ failedMessages: 1, contact: { firstName: 'Aino' } });
  expect([await attachments.read(file), (await attachments.read(otherFile))?.name]).toEqual([undefined, 'a']);
  expect(await inbounds.read(otherInbound)).toBeDefined();
  expect(await inbounds.listUnrouted(10)).toEqual([otherInbound]);

  const [chunk] = (await messages.readMessage(shared))!.chunks;
  expect(chunk).toMatchObject({
    content: 'Hei $(name)',
    reply: { threadId: 'a'.repeat(44) },
    recipients: [
      { address: other, values: [`Aino of ${other}`] },
      { address: 'forgotten', values: ['forgotten'] },
    ],
    statuses: ['sent', 'sent'],
  });
  expect(chunk?.reply).toEqual({ threadId: 'a'.repeat(44) });
  const blanked = (await messages.readMessage(alone))!;
  expect(JSON.stringify([blanked.header, blanked.chunks, blanked.journal])).not.toMatch(/Aino|Hei|3584/);
  expect([blanked.header.customerData, blanked.chunks[0]?.content, blanked.chunks[0]?.template]).toEqual([
    'forgotten',
    'forgotten',
    undefined,
  ]);
  const stopped = (await messages.readMessage(waiting))!.chunks[0];
  expect([stopped?.statuses, stopped?.notes.get(0)?.code]).toEqual([['failed', 'scheduled'], 'RecipientForgotten']);
  expect(await messages.readMessage(sentToOther)).toEqual(otherBefore);

  // Once the carrier has answered, a second run forgets what was left, and the opt-out if asked to.
  const versioned = (await messages.readChunk(leased, 0))!;
  const { leasedUntil: _, ...progress } = versioned.chunk;
  await messages.updateChunk(versioned, progress);
  const again = await forgetPhone(azurite, { phone, apply: true, optOuts: true, attachments });
  const none = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
  expect(again).toEqual({ ...none, recipients: 1, optOuts: 1 });
  expect(await everything()).not.toContain(phone);
  expect(await everything()).toContain(other);
  expect(await forgetPhone(azurite, { phone, apply: true, optOuts: true, attachments })).toEqual(none);
});
