import { randomBytes } from 'node:crypto';

import { TableClient } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';

import { packChunk } from '../../src/messages/stored-form.ts';
import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageHeader } from '../../src/messages/index.ts';
import { chunkRow, headerRow, progressColumns, reportsRow } from '../../src/storage/tables/message-rows.ts';

/** The storage operations of a send to one phone, with the stock SDK alone. */
export interface BareStorage {
  /** Does the operations of accepting a send, with prepared rows. */
  accept(send: BareSend, options: { requestId: boolean; delaySeconds?: number }): Promise<void>;
  /** Does the operations of sending and of one delivery report for the next queue messages; resolves to how many. */
  finish(): Promise<number>;
}

/** Rows and queue message of one send. */
export interface BareSend {
  messageId: string;
  rows: TransactionAction[];
  job: string;
  request: { partitionKey: string; rowKey: string };
}

/** Prepares the rows of one send, as the app makes them. */
export function bareSend(index: number): BareSend {
  const now = new Date();
  const messageId = newMessageId({ customerId: 'demo', dueAt: now, callbacks: false }, 1, randomBytes);
  const header: MessageHeader = {
    messageId,
    customerId: 'demo',
    serviceId: 'demo-oneway',
    userId: 'demo-user',
    sender: 'SmartDialog',
    protocol: 'SMS',
    acceptedAt: now,
    recipientCount: 1,
    chunkCount: 1,
    partCount: 1,
  };
  const chunk: Chunk = {
    messageId,
    index: 0,
    customerId: 'demo',
    serviceId: 'demo-oneway',
    sender: 'SmartDialog',
    protocol: 'SMS',
    content: 'Hello from the bench: the order is ready to be fetched.',
    recipients: [{ address: `35840${1_000_000 + index}`, parts: 1, values: [] }],
    statuses: ['accepted'],
    notes: new Map(),
    references: new Map(),
    attempts: 0,
    updatedAt: now,
  };
  const key = randomBytes(32).toString('hex');
  const request = {
    partitionKey: key,
    rowKey: key,
    customerId: 'demo',
    requestId: `bare-${messageId}`,
    messageId,
    fingerprint: key,
    usedAt: now.toISOString(),
  };
  return {
    messageId,
    rows: [chunkRow(chunk), headerRow(header)].map((row): TransactionAction => ['create', { ...row }]),
    job: Buffer.from(
      JSON.stringify({
        messageId,
        chunk: 0,
        carried: packChunk({ chunk, version: 'as long as a version is usually' }),
      }),
    ).toString('base64'),
    request,
  };
}

/** Creates the tables and a queue, which may be one without a worker. */
export async function openBareStorage(connectionString: string, queueName: string): Promise<BareStorage> {
  const table = (name: string) =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  const [messages, requests] = [table('messages'), table('requests')];
  const queue = new QueueClient(connectionString, queueName);
  await Promise.all([messages.createTable(), requests.createTable(), queue.createIfNotExists()]);

  const finishOne = async (job: string): Promise<void> => {
    const { messageId } = JSON.parse(Buffer.from(job, 'base64').toString()) as { messageId: string };
    const keys = { partitionKey: messageId, rowKey: `${messageId}.c000` };
    const at = new Date();
    const progress = { notes: new Map(), references: new Map(), attempts: 1, updatedAt: at };
    const claimed = await messages.updateEntity(
      { ...keys, ...progressColumns({ ...progress, statuses: ['queued'], leasedUntil: at }) },
      'Merge',
      { etag: '*' },
    );
    await messages.updateEntity({ ...keys, ...progressColumns({ ...progress, statuses: ['sent'] }) }, 'Merge', {
      etag: claimed.etag ?? '*',
    });
    await messages.createEntity(
      reportsRow(messageId, randomBytes(16).toString('hex'), [
        { chunk: 0, recipientIndex: 0, status: 'delivered', at },
      ]),
    );
  };

  return {
    async accept({ rows, job, request }, { requestId, delaySeconds = 0 }) {
      if (requestId) await requests.createEntity(request);
      await messages.submitTransaction(rows);
      await queue.sendMessage(job, { visibilityTimeout: delaySeconds, messageTimeToLive: -1 });
    },
    async finish() {
      const { receivedMessageItems: items } = await queue.receiveMessages({ numberOfMessages: 16 });
      await Promise.all(
        items.map(async ({ messageId, popReceipt, messageText }) => {
          await finishOne(messageText);
          await queue.deleteMessage(messageId, popReceipt);
        }),
      );
      return items.length;
    },
  };
}
