import { createHmac } from 'node:crypto';

import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { customerKey } from '../../src/directory/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { operations } from '../../src/operations.ts';
import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { createContactsApi } from '../support/hosts/contacts-api.ts';
import { startEchoingStorage } from '../support/servers/echoing-storage.ts';
import { eventually } from '../support/tools/eventually.ts';
import { textsOfTables } from '../support/tools/stored-data.ts';
import { undeclaredColumns } from '../support/tools/undeclared-columns.ts';
import { startFlowServer, subscribe, subscribing, unsubscribe } from '../support/servers/flow-server.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import { play } from '../support/hosts/two-way-host.ts';

/* Makes every call with data that would show in the log, first with working storage, then with storage that refuses. */

/** Texts that no line may hold, in either case. Nothing else here holds these words. */
const secrets = {
  content: 'zanzibarkirje',
  name: 'Väinämöispoika',
  placeholder: 'hellunimi',
  template: 'vuokralasku',
  email: 'piilo.posti@example.net',
  custom: 'kengännumero',
  customerData: 'asiakastieto',
  requestId: 'pyyntötunnus',
  callback: 'flow-signature',
  reports: 'dlr-password',
  carrierKey: 'key-of-the-carrier',
  carrierSecret: 'secret-of-the-carrier',
  job: 'jonosta',
  file: 'passikuva',
  header: 'otsaketieto',
} as const;
const badToken = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ2YWluYW1vaW5lbiJ9.c2lnbmF0dXJl';
const phones = {
  sent: '358401720001',
  rejected: '358401720004',
  contact: '358401720031',
  optOut: '358401720041',
  writer: '358401720051',
} as const;
const identity = '358401000001';
/** The key of Azurite's account, from Azurite's documentation. */
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoMGMw==';
const tracking = '08584563278462847238476100042CU17';
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const azurite = await startAzurite({});
const storage = await startEchoingStorage(azurite.connectionString);
const flows = await startFlowServer();
let host: LocalHost;
let api: Api;
/** The ids of the data that was created while storage worked. */
const made = {
  messageId: '',
  replyId: '',
  discussionId: '',
  inboundId: '',
  parentId: '',
  threadId: '',
  attachments: [''],
};

beforeAll(async () => {
  host = await spawnLocalHost({
    environment: {
      AzureWebJobsStorage: storage.connectionString,
      SIMULATED_CARRIER_KEY: secrets.carrierKey,
      SIMULATED_CARRIER_SECRET: secrets.carrierSecret,
      NOTIFICATION_RETRY_SECONDS: '1',
    },
  });
  api = await createApi(host);
  await runEverything();
  storage.refuse();
  await failEverything();
}, 120_000);
afterAll(async () => {
  await host.stop();
  await flows.stop();
  await storage.stop();
  await azurite.stop();
});

const json = { 'Content-Type': 'application/json' };
const traced = { traceparent, 'x-ms-client-tracking-id': tracking };
const post = (path: string, headers: Record<string, string>, body: unknown) =>
  api.call(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const oneWay = { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway' };

const send = (details: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  api.post(
    {
      ...sendTo([], {
        Content: `${secrets.content} $(nimi)`,
        CustomerData: secrets.customerData,
        RequestId: secrets.requestId,
        DlrUrl: `https://example.com/dlr?code=${secrets.reports}`,
      }),
      Recipients: [
        { Address: phones.sent, Personalization: { nimi: secrets.placeholder } },
        { Address: phones.rejected, Personalization: { nimi: secrets.placeholder } },
      ],
      ...details,
    },
    headers,
  );
const reply = (parent: string) =>
  post(
    `/messages/reply/${encodeURIComponent(parent)}`,
    { 'Customer-Id': 'demo', 'Service-Id': 'demo-reply' },
    sendTo([phones.writer], { Content: secrets.content }),
  );
const discuss = (ThreadId: string) =>
  post('/messages/discussion/reply', { CustomerId: 'demo' }, { ThreadId, Content: secrets.content });
const createTemplate = () =>
  post(
    `/whatsapp/templates/demo/${identity}`,
    {},
    { DisplayName: 'Lasku', RawContent: `${secrets.template} {{1}} x`, Category: 'Utility', Language: 'fi' },
  );
const sendTemplate = () =>
  post('/messages/templates/whatsapp', oneWay, {
    TemplateName: 'lasku',
    BodyParameters: [secrets.placeholder],
    Recipients: [{ Address: phones.sent }],
    CustomerData: secrets.customerData,
  });
const contacts = () => createContactsApi(api);
const contact = {
  phone: phones.contact,
  firstName: secrets.name,
  email: secrets.email,
  customContactProperties: [{ name: 'x', value: secrets.custom }],
};
const opt = (method: 'POST' | 'DELETE') =>
  api.call(`/whatsapp/opt-in/sender/${identity}/recipient/${phones.optOut}`, { method });

function signed(body: string): Promise<Response> {
  const time = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac('sha256', secrets.carrierSecret).update(`${time}.${body}`).digest('hex');
  const headers = { 'x-simulated-timestamp': time, 'x-simulated-signature': `sha256=${hmac}` };
  return fetch(`${host.baseUrl}/webhooks/simulated`, { method: 'POST', headers: { ...json, ...headers }, body });
}

async function put(queue: string, text: string): Promise<void> {
  const client = new QueueClient(azurite.connectionString, queue);
  await client.createIfNotExists();
  await client.sendMessage(Buffer.from(text).toString('base64'));
}

/** Calls every operation except those of the directory, once in each way; resolves to the statuses. */
async function callAll(): Promise<number[]> {
  const calls = [
    () => send(),
    () => reply(made.parentId),
    () => discuss(made.threadId),
    () => sendTemplate(),
    () => api.call(`/messages/${made.messageId}`, { headers: { 'Customer-Id': 'demo' } }),
    () => createTemplate(),
    () => api.call('/whatsapp/templates/demo'),
    () => opt('DELETE'),
    () => opt('POST'),
    () => contacts().create(contact),
    () => contacts().get(phones.contact),
    () => contacts().update(phones.contact, { lastName: secrets.name }),
    () => contacts().delete(phones.contact),
    () => contacts().deleteAll(),
    () => api.call(...subscribing('demo-twoway', { callbackUrl: `http://127.0.0.1:9/x?sig=${secrets.callback}` })),
    () =>
      post(
        '/service/demo-twoway/pipelines/actions/unsubscribe',
        { Customer: 'demo' },
        {
          callbackUrl: `http://127.0.0.1:9/x?sig=${secrets.callback}`,
        },
      ),
  ];
  const statuses: number[] = [];
  for (const call of calls) statuses.push((await call()).status);
  return statuses;
}

async function runEverything(): Promise<void> {
  made.messageId = ((await send({}, traced)).body as SentBody).MessageId;
  await api.waitForStatus(made.messageId, 'delivered', 'rejected');

  const flow = flows.flow((index) => (index === 0 ? 500 : 202));
  const dead = { callbackUrl: `http://127.0.0.1:9/dead?sig=${secrets.callback}` };
  const registration = await subscribe(api, 'demo-twoway', { callbackUrl: `${flow.callbackUrl}${secrets.callback}` });
  const { location } = await subscribe(api, 'demo-twoway', dead);
  const attachments = [
    { name: `${secrets.file}.png`, mimeType: 'image/png', content: 'AAAA' },
    { name: `${secrets.file}-lost.png`, mimeType: 'image/png', content: 'AAAA' },
  ];
  await play(host, {
    sender: phones.writer,
    recipient: '16400',
    content: secrets.content,
    protocol: 'MMS',
    attachments,
  });
  await play(host, { sender: phones.writer, recipient: '16999', content: secrets.content });
  const notification = await eventually(
    () => {
      const [first] = flow.notifications();
      if (first === undefined || flow.calls.length < 2) throw new Error(`${flow.calls.length} calls`);
      return first;
    },
    { timeoutMs: 20_000 },
  );
  // The id that the customer sees has eight more digits than the stored id.
  const inboundId = notification.messageId.slice(0, 33);
  Object.assign(made, { inboundId, parentId: inboundId + customerKey('demo'), threadId: notification.threadId });
  made.attachments = (notification['attachments'] as { resourceLocation: string }[]).flatMap(
    ({ resourceLocation }) => resourceLocation || [],
  );
  for (const url of made.attachments) expect((await fetch(url)).status).toBe(200);
  await unsubscribe({ location }, api.token);
  await unsubscribe(registration);

  await createTemplate();
  await eventually(async () => expect((await api.call('/whatsapp/templates/demo')).body).toHaveLength(1), {
    timeoutMs: 20_000,
  });
  made.replyId = ((await reply(made.parentId)).body as SentBody).MessageId;
  made.discussionId = ((await discuss(made.threadId)).body as SentBody).MessageId;
  expect(await callAll()).toEqual([200, 200, 200, 200, 200, 204, 200, 204, 204, 200, 200, 200, 200, 200, 201, 204]);
  for (const path of ['/customers', '/services/demo', '/phonenumberregions', '/whatsapp/templates/categories']) {
    expect([path, (await api.call(path)).status]).toEqual([path, 200]);
  }
  expect((await api.call('/whatsapp/identities/demo')).status).toBe(200);

  await refusals();
  await put('outbound', JSON.stringify({ messageId: secrets.job, content: secrets.job }));
  await put('inbound', JSON.stringify(secrets.job));
  await put('notifications', secrets.job);
  await put('contact-cleanup-poison', JSON.stringify([secrets.job]));
  const atWork = { messageId: made.messageId, chunk: 7 };
  await put('outbound-poison', JSON.stringify(atWork));
  await logged(({ worker, messageId }) => worker === 'GiveUpOutboundChunk' && messageId === made.messageId);
}

async function refusals(): Promise<void> {
  const stranger = await createApi(host, badToken);
  expect((await stranger.post(sendTo([phones.sent]))).status).toBe(401);
  const text = `{"Content": "${secrets.content}", "Recipients": [${secrets.name} ${phones.sent}`;
  const broken = await api.call('/messages', { method: 'POST', headers: { ...json, ...oneWay }, body: text });
  expect(broken.status).toBe(400);
  const html = { 'Content-Type': `text/${secrets.header}` };
  expect((await api.call('/messages', { method: 'POST', headers: { ...html, ...oneWay }, body: 'x' })).status).toBe(
    415,
  );
  for (const details of [
    { Content: `${secrets.content}$(${secrets.placeholder})` },
    { Sender: secrets.name },
    { Recipients: [{ Address: `${phones.sent}${phones.sent}` }] },
    { DlrUrl: secrets.reports },
    { Protocol: secrets.header },
  ]) {
    expect((await send({ RequestId: undefined, ...details })).status).toBe(400);
  }
  expect((await send({ Content: secrets.name })).status).toBe(422);
  const odd = { 'x-ms-client-tracking-id': `${secrets.header} ${phones.sent}`, traceparent: secrets.header };
  expect((await send({}, odd)).status).toBe(200);
  expect((await reply(secrets.name)).status).toBe(404);
  expect((await discuss(secrets.name)).status).toBe(404);
  expect((await contacts().get(`${phones.contact}9`)).status).toBe(404);
  expect((await contacts().create({ phone: secrets.name })).status).toBe(400);
  const inside = { callbackUrl: `http://10.0.0.1/?sig=${secrets.callback}` };
  expect((await api.call(...subscribing('demo-twoway', inside))).status).toBe(400);
  expect((await fetch(`${host.baseUrl}/attachments/${secrets.file}`)).status).toBe(404);
  expect((await fetch(`${host.baseUrl}/webhooks/simulated`, { method: 'POST', body: secrets.content })).status).toBe(
    401,
  );
  for (const body of [
    secrets.content,
    JSON.stringify({ reports: [{ id: secrets.name, status: secrets.content }] }),
    JSON.stringify({ reports: [], inbound: [{ content: secrets.content, sender: phones.writer }] }),
  ]) {
    expect((await signed(body)).status).toBe(400);
  }
}

/** Makes all calls fail on our side, except those that the directory answers. */
async function failEverything(): Promise<void> {
  const before = lines().length;
  // Unsubscribing needs no storage if its address was refused; all other calls need it.
  expect(await callAll()).toEqual(Array.from({ length: 16 }, () => 500));
  for (const url of made.attachments) expect((await fetch(url)).status).toBe(500);
  const report = { id: `${made.messageId}-00000`, status: 'delivered', at: new Date().toISOString() };
  expect((await signed(JSON.stringify({ reports: [report] }))).status).toBe(500);
  const at = new Date().toISOString();
  const inbound = {
    id: 'x',
    sender: phones.writer,
    recipient: '16400',
    protocol: 'SMS',
    content: secrets.content,
    attachments: [],
    at,
  };
  expect((await signed(JSON.stringify({ reports: [], inbound: [inbound] }))).status).toBe(500);
  await put('outbound', JSON.stringify({ messageId: made.messageId, chunk: 0 }));
  await put('inbound', JSON.stringify({ inboundId: made.inboundId }));
  await put('notification-retries', JSON.stringify({ inboundId: made.inboundId, subscriptionKey: 'ab'.repeat(16) }));
  await put('contact-cleanup', JSON.stringify({ customerId: 'demo', serviceId: 'demo-group' }));
  await put('delivery-callbacks', JSON.stringify({ messageId: made.messageId, chunk: 0 }));
  const workers = ['SendOutboundChunk', 'RouteInboundMessage', 'RetryNotification', 'CleanUpGroupContacts'];
  for (const name of [...workers, 'DeliverDeliveryCallbacks']) {
    await logged(({ worker, error }, index) => index >= before && worker === name && error !== undefined);
  }
}

type Line = Readonly<Record<string, unknown>>;

/** Returns what the host printed after it was ready; the greeting before that holds a token. */
function printed(): string {
  const [, ...after] = host.output().split(/^ready .*$/m);
  return after.join('');
}

/** Returns the structured lines of it. */
function lines(): Line[] {
  return printed()
    .split('\n')
    .flatMap((line) => {
      const [, text] = /^\w+ [\w-]+: (\{.*\})$/.exec(line) ?? [];
      return text === undefined ? [] : [JSON.parse(text) as Line];
    });
}

function logged(isMeant: (line: Line, index: number) => boolean): Promise<Line> {
  return eventually(
    () => {
      const found = lines().find(isMeant);
      if (found === undefined) throw new Error(`not among:\n${printed().slice(-3_000)}`);
      return found;
    },
    { timeoutMs: 20_000 },
  );
}

describe('what the host printed', () => {
  test.each<[name: string, secret: string]>([
    ...Object.entries(secrets),
    ['bad token', badToken],
    ['account key', accountKey],
    ...Object.entries(phones).map(([name, number]) => [`number: ${name}`, number] as [string, string]),
    ...Object.entries(phones).map(([name, number]) => [`short number: ${name}`, number.slice(3)] as [string, string]),
    ['WhatsApp number', identity],
  ])('holds no %s', (_, secret) => {
    const text = printed().toLowerCase();
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      expect(text.indexOf(form.toLowerCase()) === -1 ? 'nowhere' : around(text, form)).toBe('nowhere');
    }
  });

  const around = (text: string, form: string): string => {
    const at = text.indexOf(form.toLowerCase());
    return text.slice(Math.max(0, at - 300), at + 100);
  };

  test('holds no token, and no address of an attachment', () => {
    expect(made.attachments).toHaveLength(1);
    const keys = made.attachments.map((url) => url.slice(-32));
    for (const secret of [api.token, ...api.token.split('.'), ...keys]) expect(printed()).not.toContain(secret);
  });

  test('is one line of JSON for each call', () => {
    const others = printed()
      .split('\n')
      .filter((line) => line !== '' && !/^\w+ [\w-]+: \{.*\}$/.test(line))
      // The host's own words on a worker that failed, with a stack below, and on poison queues.
      .filter(
        (line) =>
          !/^error [\w-]+: (?:Failed: InvocationFailed|The message \S+ can't be completed)|^ {4}at |^warning |^carrier: /.test(
            line,
          ),
      );
    expect(others).toEqual([]);
  });
});

test('all stored columns have a privacy declaration', async () => {
  // An empty column may be a time or a text that no row has, so empty texts are ignored.
  const texts = (await textsOfTables(azurite.connectionString)).filter(({ text }) => text !== '');
  expect(texts.some(({ text }) => text === secrets.customerData)).toBe(true);
  expect(undeclaredColumns(texts)).toEqual([]);
});

describe('each call leaves a line', () => {
  const calls = (): Line[] => lines().filter(({ operation }) => operation !== undefined);

  test.each(operations.map(({ operationId }) => operationId))('%s', (operationId) => {
    const own = calls().filter(({ operation }) => operation === operationId);
    expect(own.length).toBeGreaterThan(0);
    for (const line of own) {
      expect(line).toMatchObject({
        operation: operationId,
        status: expect.any(Number) as number,
        reference: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        durationMs: expect.any(Number) as number,
      });
    }
  });

  test('with the ids of the caller and of the created data', () => {
    expect(calls().find(({ messageId, status }) => messageId === made.messageId && status === 200)).toEqual({
      operation: 'SendMessage',
      reference: expect.any(String) as string,
      clientTrackingId: tracking,
      traceparent,
      status: 200,
      customer: 'demo',
      messageId: made.messageId,
      durationMs: expect.any(Number) as number,
    });
    expect(calls().find(({ messageId }) => messageId === made.replyId)).toMatchObject({
      operation: 'SendReplyMessage',
      customer: 'demo',
      parentMessageId: made.parentId,
    });
    expect(calls().find(({ messageId }) => messageId === made.discussionId)).toMatchObject({
      operation: 'SendDiscussionReplyMessage',
      customer: 'demo',
      threadId: made.threadId,
    });
    expect(calls().find(({ operation }) => operation === 'GetMessageStatus')).toMatchObject({
      messageId: made.messageId,
    });
  });

  test('workers and webhooks with the ids of their job or call', () => {
    expect(
      lines().find(({ worker, messageId }) => worker === 'SendOutboundChunk' && messageId === made.messageId),
    ).toEqual({
      worker: 'SendOutboundChunk',
      messageId: made.messageId,
      chunk: 0,
      result: 'sent',
      durationMs: expect.any(Number) as number,
    });
    const webhooks = lines().filter(({ webhook }) => webhook === 'simulated');
    expect(webhooks.flatMap(({ messageIds }) => messageIds ?? [])).toContain(made.messageId);
    expect(webhooks.flatMap(({ inboundIds }) => inboundIds ?? [])).toContain(made.inboundId);
    for (const worker of ['RouteInboundMessage', 'DeliverNotifications', 'RetryNotification']) {
      expect(lines()).toContainEqual(expect.objectContaining({ worker, inboundId: made.inboundId }));
    }
  });

  test('a failure of ours with the code of storage', () => {
    // RestError is of the library for blobs; StorageError is ours for tables and queues.
    const names = new Set(['RestError', 'StorageError']);
    const failed = lines().filter(({ error }) => names.has(String((error as Line | undefined)?.['name'])));
    const failedCalls = failed.filter(({ operation }) => operation !== undefined);
    expect(failedCalls).toHaveLength(16);
    for (const line of failed) {
      expect(line['error']).toMatchObject({
        code: 'InvalidInput',
        statusCode: 400,
      });
    }
    const kinds = failed.map(
      ({ worker, webhook, attachment, operation }) => operation ?? worker ?? webhook ?? attachment,
    );
    expect(new Set(kinds)).toEqual(
      new Set([
        ...new Set(failedCalls.map(({ operation }) => operation)),
        'SendOutboundChunk',
        'RouteInboundMessage',
        'RetryNotification',
        'CleanUpGroupContacts',
        'DeliverDeliveryCallbacks',
        'simulated',
        'read',
      ]),
    );
    expect(failed.find(({ worker }) => worker === 'SendOutboundChunk')).toMatchObject({
      messageId: made.messageId,
      chunk: 0,
    });
  });
});
