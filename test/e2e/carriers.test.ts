import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableTemplateStore } from '../../src/storage/tables/template-store.ts';
import { sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { accessKey, channel } from '../support/labs/carriers/azure-communication.ts';
import { carrierLines } from '../support/hosts/carrier-lines.ts';
import type { CarrierLine, PhoneFile } from '../support/hosts/carrier-lines.ts';
import {
  carrierSecrets,
  cloudNumber,
  ours,
  startCarriersHost,
  startFallbackHost,
} from '../support/hosts/carriers-host.ts';
import type { CarriersHost, FallbackHost } from '../support/hosts/carriers-host.ts';
import { eventually } from '../support/tools/eventually.ts';
import { subscribe } from '../support/servers/flow-server.ts';
import type { Flow, FlowServer, Notification } from '../support/servers/flow-server.ts';
import { azureForger, callHook, cloudForger, twilioForger } from '../support/samples/forged-calls.ts';
import type { Forger, HookCall } from '../support/samples/forged-calls.ts';
import { createSigningKey } from '../support/servers/key-server.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import { untilAtRest } from '../support/servers/storage-proxy.ts';
import { storedTemplate } from '../support/samples/templates.ts';

vi.setConfig({ maxConcurrency: 12, testTimeout: 60_000 });

let local: CarriersHost;
let fallback: FallbackHost;
beforeAll(async () => {
  [local, fallback] = await Promise.all([startCarriersHost(), startFallbackHost()]);
});
afterAll(() => Promise.all([local.stop(), fallback.stop()]));

const lines = carrierLines(() => local);
const isNotSet = (name: string): string => `${name} is not set`;
const patience = { timeoutMs: 20_000, everyMs: 50 };

/** Waits until a carrier has exactly the expected messages for a phone. */
const taken = (line: CarrierLine, phone: string, expected: readonly object[]) =>
  eventually(async () => expect(await line.taken(phone)).toMatchObject(expected), patience);

/** Sends through a service; resolves to the ids of the message and its first recipient. */
async function send(api: Api, service: string, body: Record<string, unknown>) {
  const answer = await api.post(body, { 'Service-Id': service });
  expect(answer).toMatchObject({ status: 200 });
  const { MessageId: messageId, Recipients: recipients } = answer.body as SentBody;
  return { messageId, recipientId: recipients[0]?.Id ?? '' };
}

/** Answers in a thread; resolves to the ids of the message and its first recipient. */
async function discuss(threadId: string, content: string, details: Record<string, unknown> = {}) {
  const answer = await local.api.call('/messages/discussion/reply', {
    method: 'POST',
    headers: { CustomerId: 'demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({ ThreadId: threadId, Content: content, ...details }),
  });
  expect(answer).toMatchObject({ status: 200 });
  const { MessageId: messageId, Recipients: recipients } = answer.body as SentBody;
  return { messageId, recipientId: recipients[0]?.Id ?? '' };
}

/** Subscribes a flow to a service, and lets a phone write there; resolves to the flow and its notification. */
async function beginThread(
  { api, flows }: { api: Api; flows: FlowServer },
  { service, content, write }: { service: string; content: string; write: () => void | Promise<void> },
): Promise<{ flow: Flow; notification: Notification }> {
  const flow = flows.flow();
  await subscribe(api, service, flow);
  await write();
  return { flow, notification: await flow.notified(content) };
}

/** Begins a thread on a line of the host with all carriers. */
const writeOn = (line: CarrierLine, phone: string, content: string, file?: PhoneFile) =>
  beginThread(local, { service: line.service, content, write: () => line.write(phone, content, file) });

/** Fetches the attachments of a notification; resolves to their content. */
async function fetchAttachments({ attachments }: Notification) {
  const entries = attachments as { name: string; mimeType: string; resourceLocation: string }[];
  return Promise.all(
    entries.map(async ({ name, mimeType, resourceLocation }) => {
      const answer = await fetch(resourceLocation);
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, type: answer.headers.get('content-type'), name, mimeType, bytes };
    }),
  );
}

const newFile = (name: string, mimeType: string): PhoneFile => ({ name, mimeType, bytes: randomBytes(200_000) });

describe.concurrent('real carriers, all at once', () => {
  test.for<[carrier: string, service: string, phone: string, Sender: string, line: CarrierLine, fields: object]>([
    ['twilio', 'send-twilio', '358401230101', ours.twilioSms, lines.twilioSms, {}],
    ['azure-communication', 'send-azure', '358401230102', 'Azure', lines.azureSms, { from: 'Azure' }],
  ])('an SMS by %s arrives, and its delivery report comes back', async ([, service, phone, Sender, line, fields]) => {
    const Recipients = [{ Address: phone, Personalization: { name: '=?' } }];
    const details = { Sender, Content: 'Hei $(name), åäö € 😀 & +', Recipients };
    const { messageId, recipientId } = await send(local.api, service, sendTo([], details));
    const text = { phone, content: 'Hei =?, åäö € 😀 & +', recipientId };
    await taken(line, phone, [{ ...line.expected(text), ...fields }]);
    await line.deliver?.(phone);
    expect(await local.api.waitForStatus(messageId, 'delivered')).toMatchObject({ Status: 'delivered' });
  });

  test.for([
    { line: lines.twilioSms, phone: '358401230111' },
    { line: lines.twilioWhatsApp, phone: '358401230112' },
    { line: lines.cloudWhatsApp, phone: '358401230113' },
    { line: lines.azureSms, phone: '358401230114' },
    { line: lines.azureWhatsApp, phone: '358401230115' },
  ])('$line.service: a phone writes, a flow is notified, and its answer is delivered', async ({ line, phone }) => {
    const { notification } = await writeOn(line, phone, 'Onko auki? Привет 😀 €');
    expect(notification).toMatchObject({ protocol: line.protocol, sender: phone });
    const content = `Joo & kyllä = 100 % 😀 $5\nto ${line.service}`;
    const { messageId, recipientId } = await discuss(notification.threadId, content);
    await taken(line, phone, [line.expected({ phone, content, recipientId })]);
    await line.deliver?.(phone);
    await local.api.waitForStatus(messageId, 'delivered');
    expect(await line.taken(phone)).toHaveLength(1);
  });

  test.for([
    // Meta gives names only to documents.
    {
      line: lines.cloudWhatsApp,
      phone: '358401230121',
      file: newFile('image', 'image/jpeg'),
      named: /^image-\d+\.jpg$/,
    },
    {
      line: lines.azureWhatsApp,
      phone: '358401230122',
      file: newFile('lasku å.pdf', 'application/pdf'),
      named: /^lasku å\.pdf$/,
    },
  ])('$line.service: an attachment of a phone is fetched and served', async ({ line, phone, file, named }) => {
    const { notification } = await writeOn(line, phone, `with ${file.name}`, file);
    const { bytes, mimeType } = file;
    const name = expect.stringMatching(named) as string;
    expect(await fetchAttachments(notification)).toEqual([{ status: 200, type: mimeType, name, mimeType, bytes }]);
  });

  test('a phone taps a button that the Cloud API showed it', async () => {
    const phone = '358401230123';
    const { flow, notification } = await writeOn(lines.cloudWhatsApp, phone, 'Tuletko?');
    const { messageId } = await discuss(notification.threadId, 'Kyllä vai ei?', { Buttons: ['Kyllä', 'Ei'] });
    const buttons = ['Kyllä', 'Ei'].map((title) => ({ type: 'reply', reply: { title } }));
    const interactive = { type: 'button', body: { text: 'Kyllä vai ei?' }, action: { buttons } };
    await taken(lines.cloudWhatsApp, phone, [{ to: phone, type: 'interactive', interactive }]);
    await local.api.waitForStatus(messageId, 'delivered');
    const tapped = { type: 'button_reply', button_reply: { id: '0', title: 'Kyllä' } };
    local.cloud.write({ from: phone, type: 'interactive', interactive: tapped });
    expect(await flow.notified('Kyllä')).toMatchObject({ sender: phone, threadId: notification.threadId });
  });
});

describe.concurrent('templates', () => {
  const createTemplate = (identity: string, DisplayName: string) =>
    local.api.call(`/whatsapp/templates/demo/${identity}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        DisplayName,
        RawContent: 'Hei {{1}}, your order {{2}} is ready.',
        Category: 'Utility',
        Language: 'en',
      }),
    });

  /** Sends a template, as soon as its approval is known. */
  async function sendTemplate(TemplateName: string, phone: string, details: Record<string, unknown> = {}) {
    const body = { TemplateName, BodyParameters: ['Aino', '4711'], Recipients: [{ Address: phone }], ...details };
    const { messageId, recipients } = await eventually(async () => {
      const answer = await local.api.call('/messages/templates/whatsapp', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Customer-Id': 'demo', 'Service-Id': 'send-templates' },
        body: JSON.stringify(body),
      });
      expect(answer).toMatchObject({ status: 200 });
      return answer.body as { messageId: string; recipients: { id: string }[] };
    }, patience);
    return { messageId, recipientId: recipients[0]?.id ?? '' };
  }

  const cloudTemplate = (name: string) => ({
    type: 'template',
    template: {
      name,
      language: { policy: 'deterministic', code: 'en' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Aino' },
            { type: 'text', text: '4711' },
          ],
        },
      ],
    },
  });

  test('one that Meta approves by its webhook is delivered', async () => {
    expect(await createTemplate(ours.cloudWhatsApp, 'Order ready')).toMatchObject({ status: 204 });
    const path = `/v23.0/${cloudNumber.accountId}/message_templates`;
    const submitted = local.cloud.calls.filter((call) => call.method === 'POST' && call.path === path);
    expect(submitted.map(({ body }) => JSON.parse(body.toString()) as object)).toContainEqual({
      name: 'order_ready',
      language: 'en',
      category: 'UTILITY',
      components: [expect.objectContaining({ type: 'BODY', text: 'Hei {{1}}, your order {{2}} is ready.' }) as object],
    });
    const phone = '358401230131';
    const { messageId, recipientId } = await sendTemplate('order_ready', phone);
    const expected = { to: phone, biz_opaque_callback_data: recipientId, ...cloudTemplate('order_ready') };
    await taken(lines.cloudWhatsApp, phone, [expected]);
    expect(await local.api.waitForStatus(messageId, 'delivered')).toMatchObject({ Status: 'delivered' });
  });

  test('one that does not arrive by the Cloud API falls back to SMS by Twilio', async () => {
    expect(await createTemplate(ours.cloudWhatsApp, 'Order late')).toMatchObject({ status: 204 });
    const phone = '358401230002';
    const { messageId, recipientId } = await sendTemplate('order_late', phone, { UseSmsFallback: true });
    await taken(lines.cloudWhatsApp, phone, [cloudTemplate('order_late')]);
    const content = 'Hei Aino, your order 4711 is ready.';
    await taken(lines.twilioSms, phone, [lines.twilioSms.expected({ phone, content, recipientId })]);
    await lines.twilioSms.deliver?.(phone);
    const { Recipients: recipients } = await local.api.waitForStatus(messageId, 'delivered');
    expect(recipients[0]?.History?.map(({ Protocol, Status }) => [Protocol, Status])).toEqual([
      ['WhatsApp', 'undelivered'],
      ['SMS', 'delivered'],
    ]);
  });

  test('Azure Communication Services supports none: creating one is refused and stores nothing', async () => {
    expect(await createTemplate(ours.azureWhatsApp, 'Order refused')).toMatchObject({
      body: {
        error: { code: 'TemplateRefused', message: expect.stringContaining("Meta's WhatsApp Manager") as string },
      },
    });
    const store = createTableTemplateStore(local.storage);
    expect(await store.read('demo', 'order_refused')).toBeUndefined();
  });

  test('one that was imported is delivered by Azure Communication Services', async () => {
    const store = createTableTemplateStore(local.storage);
    const known = { name: 'order_known', identity: ours.azureWhatsApp, status: 'approved', carrierReference: '1' };
    await store.create(storedTemplate({ ...known, status: 'approved' }));
    const phone = '358401230132';
    const { messageId } = await sendTemplate('order_known', phone);
    await taken(lines.azureWhatsApp, phone, [
      {
        channelRegistrationId: channel,
        to: [`+${phone}`],
        kind: 'template',
        template: {
          name: 'order_known',
          language: 'en',
          values: [
            { name: 'body1', kind: 'text', text: 'Aino' },
            { name: 'body2', kind: 'text', text: '4711' },
          ],
          bindings: { kind: 'whatsApp', body: [{ refValue: 'body1' }, { refValue: 'body2' }] },
        },
      },
    ]);
    expect(await local.api.waitForStatus(messageId, 'delivered')).toMatchObject({ Status: 'delivered' });
  });
});

describe.concurrent('a host with an unreachable Kannel before Twilio', () => {
  test('submits a message to Twilio in the same attempt', async () => {
    const phone = '358401230141';
    const details = { Sender: ours.twilioSms, Content: 'By whomever' };
    const { messageId, recipientId } = await send(fallback.api, 'send-somehow', sendTo([phone], details));
    await fallback.api.waitForStatus(messageId, 'delivered');
    expect(fallback.twilio.taken.filter(({ To: to }) => to === `+${phone}`)).toEqual([
      {
        To: `+${phone}`,
        From: `+${ours.twilioSms}`,
        Body: 'By whomever',
        StatusCallback: `${fallback.webhooks}/twilio?recipient=${recipientId}#rc=5&rp=all`,
      },
    ]);
    const message = await createTableMessageStore(fallback.storage).readMessage(messageId);
    expect(message?.chunks).toMatchObject([{ attempts: 1 }]);
  });

  test('submits a message to many phones to Twilio, each once', async () => {
    const phones = Array.from({ length: 25 }, (_, index) => String(358_401_270_100 + index * 10));
    const details = { Sender: ours.twilioSms, Content: 'By whomever, to all' };
    const { messageId } = await send(fallback.api, 'send-somehow', sendTo(phones, details));
    await fallback.api.waitForStatus(messageId, 'delivered');
    const sent = fallback.twilio.taken.filter(({ Body: text }) => text === details.Content).map(({ To: to }) => to);
    expect(sent).toHaveLength(phones.length);
    expect(new Set(sent)).toEqual(new Set(phones.map((phone) => `+${phone}`)));
  });

  test.for<[protocol: string, service: string, prefix: string, address: string]>([
    ['MMS', 'twilio-sms', '+', ours.twilioSms],
    ['WhatsApp', 'twilio-whatsapp', 'whatsapp:+', ours.twilioWhatsApp],
  ])('an attachment by %s through Twilio is fetched and served', async ([protocol, service, ...to]) => {
    const [prefix, address] = to;
    const attachments = [newFile('a', 'image/jpeg'), newFile('b', 'application/pdf')];
    const content = `files by ${protocol}`;
    const from = `${prefix}358401230142`;
    const isMms = protocol === 'MMS';
    const { notification } = await beginThread(fallback, {
      service,
      content,
      write: () => fallback.twilio.write({ from, to: `${prefix}${address}`, content, isMms, attachments }),
    });
    expect(notification).toMatchObject({ protocol });
    expect(await fetchAttachments(notification)).toEqual(
      attachments.map(({ bytes, mimeType }, index) => {
        const name = `attachment-${index + 1}.${mimeType === 'image/jpeg' ? 'jpg' : 'pdf'}`;
        return { status: 200, type: mimeType, name, mimeType, bytes };
      }),
    );
    // Twilio redirects to the address of the media, which must not get the password.
    expect(fallback.twilio.mediaAuthorizations.every((authorization) => authorization === undefined)).toBe(true);
  });
});

describe.concurrent('settings', () => {
  test.for<[what: string, args: string[], environment: Record<string, string>, faults: string[]]>([
    [
      'that are missing, and an unknown carrier',
      ['--carrier', 'telegraph,kannel,twilio,whatsapp-cloud,azure-communication'],
      {},
      [
        "CARRIERS names 'telegraph', which is not a carrier: use simulated, kannel, whatsapp-cloud, azure-communication, twilio",
        ...['KANNEL_URL', 'KANNEL_USERNAME', 'KANNEL_PASSWORD', 'KANNEL_WEBHOOK_SECRET'].map(isNotSet),
        ...['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].map(isNotSet),
        ...['TOKEN', 'APP_SECRET', 'VERIFY_TOKEN', 'NUMBERS'].map((name) => isNotSet(`WHATSAPP_CLOUD_${name}`)),
        isNotSet('ACS_ENDPOINT'),
        'ACS_WEBHOOK_SECRET must be set, or ACS_WEBHOOK_TENANT and ACS_WEBHOOK_AUDIENCE',
      ],
    ],
    [
      'that are malformed',
      [],
      {
        CARRIERS: 'twilio, whatsapp-cloud, azure-communication',
        CARRIER_RATES: 'kannel=1,twilio=fast',
        TWILIO_URL: 'api.twilio.com',
        TWILIO_ACCOUNT_SID: 'AC1',
        TWILIO_AUTH_TOKEN: 'token',
        TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
        WHATSAPP_CLOUD_VERSION: '23',
        WHATSAPP_CLOUD_TOKEN: 'token',
        WHATSAPP_CLOUD_APP_SECRET: 'secret',
        WHATSAPP_CLOUD_VERIFY_TOKEN: 'token',
        WHATSAPP_CLOUD_NUMBERS: '358401000001=1111',
        ACS_CONNECTION_STRING: 'endpoint=https://resource.example/',
        ACS_CHANNELS: '358401000002=channel',
        ACS_WEBHOOK_SECRET: 'short',
      },
      [
        "CARRIER_RATES names 'kannel'",
        'CARRIER_RATES of twilio must be a number',
        'TWILIO_URL is not an address that begins with http:// or https://',
        'TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits',
        'TWILIO_API_SECRET is not set',
        'WHATSAPP_CLOUD_VERSION must be a version',
        'WHATSAPP_CLOUD_NUMBERS names 358401000001',
        'ACS_CONNECTION_STRING must have the form',
        'ACS_CHANNELS must have the form',
        'ACS_WEBHOOK_SECRET must have at least 16 characters',
      ],
    ],
  ])('%s keep the host from starting, and the error names them all', async ([, args, environment, faults]) => {
    const started = spawnLocalHost({ args: ['--memory', '--port', '0', ...args], environment });
    const error = await started.then(
      (host) => host.stop().then(() => undefined),
      (reason: unknown) => reason as Error,
    );
    const message = error?.message ?? '';
    expect(message).toContain('the local host ended');
    const named = message.split('\n').filter((line) => line.startsWith('- '));
    // The error names each once, and nothing else.
    const found = named.map((line) => faults.find((fault) => line.startsWith(`- ${fault}`)) ?? line);
    expect(found.toSorted()).toEqual(faults.toSorted());
  });
});

describe('forged calls', () => {
  /* The carrier sends no reports for these phones. Their messages stay `sent`, so an accepted report would show. */
  test.for<[carrier: string, line: CarrierLine, phone: string, forger: () => Forger]>([
    ['twilio', lines.twilioSms, '358401240009', () => twilioForger(local.webhooks)],
    ['whatsapp-cloud', lines.cloudWhatsApp, '358401250009', cloudForger],
    ['azure-communication', lines.azureWhatsApp, '358401260009', azureForger],
  ])('in the name of %s are refused and store nothing', async ([, line, phone, forger]) => {
    const { flow, notification } = await writeOn(line, phone, 'genuine');
    const { messageId, recipientId } = await discuss(notification.threadId, 'Hello');
    await local.api.waitForStatus(messageId, 'sent');
    const reference = local.azure.received.find(({ to }) => to === `+${phone}`)?.id ?? '';
    const data = { recipientId, reference, phone, content: 'forged' };
    await untilAtRest(local.storage, { timeoutMs: 20_000, everyMs: 500 });

    local.storage.reset();
    const carrier = forger();
    const answers: [string, number, string][] = [];
    for (const [fault, call] of carrier.forged(data)) {
      const { status, text } = await callHook(local.webhooks, call);
      answers.push([fault, status, text]);
    }
    expect(answers.length).toBeGreaterThan(15);
    expect(answers.filter(([, status, text]) => status !== 401 || text !== '')).toEqual([]);
    expect(local.storage.operations()).toEqual([]);
    expect(await local.api.status(messageId)).toMatchObject({ Recipients: [{ Status: 'sent' }] });

    // The genuine calls of the carrier are accepted, so each forged call was refused for its forgery.
    const { report, inbound } = carrier.genuine({ ...data, content: 'genuine too' });
    expect(await callHook(local.webhooks, report)).toMatchObject({ status: 200 });
    await local.api.waitForStatus(messageId, 'delivered');
    expect(await callHook(local.webhooks, inbound)).toMatchObject({ status: 200 });
    await flow.notified('genuine too');
    expect(flow.notifications().map(({ content }) => content)).toEqual(['genuine', 'genuine too']);
  });
});

describe('addresses of webhooks', () => {
  const call = (webhooks: string, path: string, details: Partial<HookCall> = {}) =>
    callHook(webhooks, { path, headers: {}, ...details });
  const { verifyToken, gridSecret } = carrierSecrets;
  const asking = (token: string) => `whatsapp-cloud?hub.mode=subscribe&hub.challenge=1158201444&${token}`;

  test('answer the challenge of Meta, and of nobody else', async () => {
    const get = (path: string) => call(local.webhooks, path, { method: 'GET' });
    const answer = await get(asking(`hub.verify_token=${verifyToken}`));
    expect([answer.status, answer.text]).toEqual([200, '1158201444']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const others = [
      asking('hub.verify_token=another'),
      asking('hub.verify_token='),
      asking(''),
      asking(`hub.verify_token=${verifyToken.slice(0, -1)}`),
      asking(`hub.verify_token=${verifyToken.toUpperCase()}`),
      asking(`hub.verify_token=another&hub.verify_token=${verifyToken}`),
      'whatsapp-cloud',
    ];
    for (const path of others) expect(await get(path)).toMatchObject({ status: 403, text: '' });
    expect(await get(`whatsapp-cloud?hub.verify_token=${verifyToken}`)).toMatchObject({ status: 400, text: '' });
  });

  const validation = (code: unknown) => ({
    headers: { 'content-type': 'application/json', 'aeg-event-type': 'SubscriptionValidation' },
    body: JSON.stringify([
      {
        id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
        topic: '/resource',
        subject: '',
        data: { validationCode: code, validationUrl: 'https://grid.example/validate' },
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        eventTime: '2026-11-23T10:00:00.0000000Z',
        metadataVersion: '1',
        dataVersion: '1',
      },
    ]),
  });
  const preflight = {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '120' },
  };

  test('answer both handshakes of Event Grid if it sends the secret', async () => {
    const path = `azure-communication?secret=${gridSecret}`;
    const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
    const answer = await call(local.webhooks, path, validation(code));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { validationResponse: code }]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const allowed = await call(local.webhooks, path, preflight);
    expect([allowed.status, allowed.text]).toEqual([200, '']);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'webhook-allowed-origin': 'eventgrid.azure.net',
      'webhook-allowed-rate': '*',
    });
    expect(await call(local.webhooks, path, validation(7))).toMatchObject({ status: 400, text: '' });
    for (const query of ['', '?secret=', '?secret=another', `?secret=${gridSecret.slice(1)}`]) {
      for (const details of [validation(code), preflight]) {
        const refused = await call(local.webhooks, `azure-communication${query}`, details);
        expect([refused.status, refused.text]).toEqual([401, '']);
        expect(refused.headers.get('webhook-allowed-origin')).toBeNull();
      }
    }
  });

  test('accept a token of Entra ID from Event Grid instead, if its audience is ours', async () => {
    const code = 'code';
    const handshake = async (token?: string) => {
      const { headers, body } = validation(code);
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const path = 'azure-communication';
      const answers = await Promise.all([
        call(fallback.webhooks, path, { headers: { ...headers, ...authorization }, body }),
        call(fallback.webhooks, path, { ...preflight, headers: { ...preflight.headers, ...authorization } }),
      ]);
      return answers.map(({ status }) => status);
    };
    expect(await handshake(await fallback.eventToken())).toEqual([200, 200]);
    const stranger = await createSigningKey('key-1', 'RS256');
    const others = [
      undefined,
      'not.a.token',
      (await fallback.eventToken()).replace(/[^.]*$/, ''),
      await fallback.eventToken({ aud: 'api://smartdialog' }),
      await fallback.eventToken({ tid: '5d1a0000-0000-4000-8000-00000000000b' }),
      await fallback.eventToken({ iss: 'https://elsewhere.example/' }),
      await fallback.eventToken({ roles: ['Another'] }),
      await fallback.eventToken({ roles: undefined }),
      await fallback.eventToken({ exp: Math.floor(Date.now() / 1000) - 3_600 }),
      await fallback.eventToken({}, stranger),
      // The token of an API user, which is not valid here.
      fallback.api.token,
    ];
    for (const token of others) expect(await handshake(token)).toEqual([401, 401]);
  });

  test('refuse the calls of another carrier, and all calls for a carrier that is not set up', async () => {
    const data = { recipientId: 'x', reference: 'x', phone: '358401230001', content: 'forged' };
    const calls = [twilioForger(local.webhooks), cloudForger(), azureForger()].map(
      (forger) => forger.genuine(data).inbound,
    );
    for (const own of calls) {
      const [carrier = ''] = own.path.split('?');
      const at = (other: string): HookCall => ({ ...own, path: own.path.replace(carrier, other) });
      for (const other of ['twilio', 'whatsapp-cloud', 'azure-communication']) {
        if (other === carrier) continue;
        expect(await callHook(local.webhooks, at(other))).toMatchObject({ status: 401 });
      }
      for (const absent of ['kannel', 'simulated', '', 'toString']) {
        expect(await callHook(local.webhooks, at(absent))).toMatchObject({ status: 404 });
      }
    }
  });

  test.for([
    ['twilio', ['GET', 'OPTIONS', 'PUT', 'DELETE']],
    ['whatsapp-cloud', ['OPTIONS', 'PUT', 'DELETE']],
    ['azure-communication', ['GET', 'PUT', 'DELETE']],
  ] as const)('answer %s only for its own methods', async ([carrier, methods]) => {
    for (const method of methods) {
      expect(await call(local.webhooks, `${carrier}?secret=${gridSecret}`, { method })).toMatchObject({ status: 404 });
    }
  });

  test('tell Twilio to send the phone no answer', async () => {
    const { inbound } = twilioForger(local.webhooks).genuine({
      recipientId: '',
      reference: '',
      phone: '358401230001',
      content: 'anything',
    });
    const answer = await callHook(local.webhooks, inbound);
    expect([answer.status, answer.text]).toEqual([200, '<Response/>']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
  });
});

test('no line of the log holds a secret or a text of a message', () => {
  const { accountSid: _, ...secrets } = carrierSecrets;
  const words = [...Object.values(secrets), accessKey, 'Onko auki', 'Hei Aino', 'By whomever', 'genuine', 'forged'];
  const output = local.host.output() + fallback.host.output();
  expect(words.filter((word) => output.includes(word))).toEqual([]);
});
