import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { createSimulatedCarrier } from '../../../../src/carriers/simulated/index.ts';
import type { SubmitOutcome } from '../../../../src/templates/index.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import { networkKey, networkSecret, startNetwork } from '../../../support/servers/simulated-network.ts';
import type { Network } from '../../../support/servers/simulated-network.ts';
import { storedTemplate } from '../../../support/samples/templates.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

const never = { approvalMs: 3_600_000 };
const now = new Date('2026-11-23T10:00:00.000Z');

async function startReceiver(...options: Parameters<typeof startWebhookReceiver>) {
  const receiver = await startWebhookReceiver(...options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

const http = (network: Pick<Network, 'url'>, reportUrl = 'http://127.0.0.1:9/', apiKey = networkKey) =>
  createSimulatedCarrier({ url: network.url, apiKey, webhookSecret: networkSecret, reportUrl });

async function listed(network: Network): Promise<Record<string, unknown>[]> {
  return (await (await fetch(`${network.url}/templates`)).json()) as Record<string, unknown>[];
}

/** The template status updates in calls with a valid signature. */
async function statusUpdatesIn(calls: readonly WebhookRequest[]) {
  const events = await Promise.all(calls.map((call) => http({ url: 'http://127.0.0.1:9' }).receive(call)));
  return events.flatMap(({ templates }) => templates);
}

const full = storedTemplate({
  headerText: 'Order {{1}}',
  attachmentUrl: 'https://example.com/a.pdf',
  buttons: [{ type: 'Url', label: 'Show', data: 'https://example.com/{{1}}' }],
});

describe('a template', () => {
  test('is stored unchanged, as pending', async () => {
    const network = await startNetwork({ ...never, now: () => now });
    const outcome = await http(network).templates.submit(full);
    expect(outcome).toEqual({
      outcome: 'submitted',
      carrierReference: expect.stringMatching(/^sim-template-[0-9a-f-]{36}$/) as string,
    });
    const { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons } = full;
    expect(await listed(network)).toEqual([
      {
        identity,
        name,
        displayName,
        language,
        category,
        content,
        headerText,
        attachmentUrl,
        buttons,
        id: (outcome as { carrierReference: string }).carrierReference,
        status: 'pending',
        receivedAt: '2026-11-23T10:00:00.000Z',
      },
    ]);
  });

  test('is approved after the delay, and the client gets the status update', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ approvalMs: 10 });
    await http(network, `${receiver.url}/hook`).templates.submit(storedTemplate());
    await eventually(async () =>
      expect(await statusUpdatesIn(receiver.calls)).toEqual([
        { identity: '358401000001', name: 'order_ready', status: 'approved' },
      ]),
    );
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/hook']);
    expect((await listed(network)).map(({ status }) => status)).toEqual(['approved']);
  });

  test('is rejected with a reason if its display name asks for it', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ approvalMs: 10 });
    await http(network, receiver.url).templates.submit(storedTemplate({ displayName: 'Please Reject this' }));
    await eventually(async () =>
      expect(await statusUpdatesIn(receiver.calls)).toEqual([
        {
          identity: '358401000001',
          name: 'order_ready',
          status: 'rejected',
          reason: expect.stringMatching(/\S/) as string,
        },
      ]),
    );
    expect((await listed(network)).map(({ status }) => status)).toEqual(['rejected']);
  });

  test('has its status update sent again until the client confirms', async () => {
    const receiver = await startReceiver((index) => (index === 0 ? 503 : 200));
    const network = await startNetwork({ approvalMs: 0 });
    await http(network, receiver.url).templates.submit(storedTemplate());
    await eventually(async () => expect(await statusUpdatesIn(receiver.calls)).toHaveLength(2));
  });

  test('that is submitted again keeps its reference, and the client gets the status update once more', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ approvalMs: 10 });
    const { templates } = http(network, receiver.url);
    const first = await templates.submit(storedTemplate());
    expect(await templates.submit(storedTemplate({ customerId: 'another', updatedAt: now }))).toEqual(first);
    await eventually(async () => expect(await statusUpdatesIn(receiver.calls)).toHaveLength(2));
    expect(await listed(network)).toHaveLength(1);
  });

  test('with the name of a different template is refused, but accepted for another number', async () => {
    const network = await startNetwork(never);
    const { templates } = http(network);
    await templates.submit(storedTemplate());
    expect(await templates.submit(storedTemplate({ content: 'Another.' }))).toEqual({
      outcome: 'refused',
      reason: 'There is another template named order_ready.',
    });
    expect(await templates.submit(storedTemplate({ content: 'Another.', identity: '358401000002' }))).toMatchObject({
      outcome: 'submitted',
    });
    expect((await listed(network)).map(({ identity }) => identity)).toEqual(['358401000002', '358401000001']);
  });
});

describe('a restart', () => {
  test('keeps templates, and sends unconfirmed status updates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulated-carrier-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'state.jsonl');
    const receiver = await startReceiver();

    const before = await startNetwork({ approvalMs: 0, stateFile });
    const { templates } = http(before, receiver.url);
    const confirmed = await templates.submit(storedTemplate({ name: 'confirmed' }));
    await before.submit('http://127.0.0.1:9/', [{ id: 'a' }]);
    await eventually(async () => expect(await readFile(stateFile, 'utf8')).toContain('"templateReported"'));
    await before.stop();

    const slow = await startNetwork({ ...never, stateFile });
    await http(slow, receiver.url).templates.submit(storedTemplate({ name: 'waiting' }));
    await slow.stop();
    expect(receiver.calls).toHaveLength(1);

    const after = await startNetwork({ approvalMs: 0, stateFile });
    await eventually(async () =>
      expect((await statusUpdatesIn(receiver.calls)).map(({ name }) => name)).toEqual(['confirmed', 'waiting']),
    );
    expect((await listed(after)).map(({ name }) => name)).toEqual(['waiting', 'confirmed']);
    expect(await after.list()).toHaveLength(1);
    expect(await http(after, receiver.url).templates.submit(storedTemplate({ name: 'confirmed' }))).toEqual(confirmed);
  });
});

describe('a malformed template', () => {
  const { identity, name, displayName, language, category, content } = storedTemplate();
  const template = { identity, name, displayName, language, category, content, buttons: [] };
  const reportUrl = 'http://127.0.0.1:9/';
  const post = (network: Network, body: string, key = networkKey): Promise<Response> =>
    fetch(`${network.url}/templates`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body });

  test.each<[unknown, string]>([
    ['{', 'The body must be JSON.'],
    [[], 'The body must be an object.'],
    [{ template }, 'reportUrl must be an http or https address.'],
    [{ reportUrl: 'ftp://x/', template }, 'reportUrl must be an http or https address.'],
    [{ reportUrl }, 'template must be an object.'],
    [{ reportUrl, template: { ...template, name: '' } }, 'template.name must be a text that is not empty.'],
    [{ reportUrl, template: { ...template, language: 7 } }, 'template.language must be a text that is not empty.'],
    [{ reportUrl, template: { ...template, headerText: '' } }, 'template.headerText must be a text that is not empty.'],
    [{ reportUrl, template: { ...template, buttons: undefined } }, 'template.buttons must be a list of objects.'],
    [{ reportUrl, template: { ...template, buttons: ['x'] } }, 'template.buttons must be a list of objects.'],
    [
      { reportUrl, template: { ...template, buttons: [{ type: 'Url', label: 'x' }] } },
      'template.buttons[0].data must be a text that is not empty.',
    ],
  ])('%j is refused', async (body, message) => {
    const network = await startNetwork(never);
    const response = await post(network, typeof body === 'string' ? body : JSON.stringify(body));
    expect([response.status, await response.json()]).toEqual([400, { code: 'BadRequest', message }]);
    expect(await listed(network)).toEqual([]);
  });

  test('is refused without the key', async () => {
    const network = await startNetwork(never);
    expect((await post(network, JSON.stringify({ reportUrl, template }), 'another')).status).toBe(401);
    expect(await listed(network)).toEqual([]);
    expect((await post(network, JSON.stringify({ reportUrl, template }))).status).toBe(202);
  });
});

describe('submitTemplate', () => {
  const answering = (answer: () => Response | Promise<Response>) =>
    createSimulatedCarrier({
      url: 'http://carrier.example/',
      apiKey: 'key',
      webhookSecret: 'secret',
      reportUrl: 'https://app.example/hook',
      fetch: () => Promise.resolve(answer()),
    }).templates.submit(storedTemplate());

  test.each<[number, unknown, SubmitOutcome]>([
    [202, { reference: 'r1' }, { outcome: 'submitted', carrierReference: 'r1' }],
    [202, {}, { outcome: 'unavailable', reason: 'the carrier answered 202' }],
    [202, null, { outcome: 'unavailable', reason: 'the carrier answered 202' }],
    [400, { message: 'Too loud.' }, { outcome: 'refused', reason: 'Too loud.' }],
    [400, {}, { outcome: 'refused', reason: 'the carrier answered 400' }],
    [409, { message: 'Taken.' }, { outcome: 'refused', reason: 'Taken.' }],
    [401, { message: 'Who are you?' }, { outcome: 'unavailable', reason: 'Who are you?' }],
    [404, '<html>', { outcome: 'unavailable', reason: 'the carrier answered 404' }],
    [429, {}, { outcome: 'unavailable', reason: 'the carrier answered 429' }],
    [500, {}, { outcome: 'unavailable', reason: 'the carrier answered 500' }],
    [503, { message: '' }, { outcome: 'unavailable', reason: 'the carrier answered 503' }],
  ])('returns the outcome for the answer %i with %j', async (status, body, outcome) => {
    expect(await answering(() => Response.json(body, { status }))).toEqual(outcome);
  });

  test('is unavailable if the carrier can not be reached or does not answer JSON', async () => {
    expect(await answering(() => Promise.reject(new Error('no route')))).toEqual({
      outcome: 'unavailable',
      reason: 'Error: no route',
    });
    expect(await answering(() => new Response('{', { status: 202 }))).toMatchObject({ outcome: 'unavailable' });
  });

  test('makes one call with all fields, and does not follow redirects', async () => {
    const calls: { url: string; init: RequestInit }[] = [];
    const carrier = createSimulatedCarrier({
      url: 'http://carrier.example/base/',
      apiKey: 'key',
      webhookSecret: 'secret',
      reportUrl: 'https://app.example/hook',
      fetch: (url, init = {}) => {
        calls.push({ url: url as string, init });
        return Promise.resolve(Response.json({ reference: 'r1' }));
      },
    });
    await carrier.templates.submit(full);
    expect(calls).toEqual([
      {
        url: 'http://carrier.example/base/templates',
        init: {
          method: 'POST',
          headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
          body: expect.any(String) as string,
          redirect: 'manual',
          signal: expect.any(AbortSignal) as AbortSignal,
        },
      },
    ]);
    const { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons } = full;
    expect(JSON.parse(calls[0]?.init.body as string)).toEqual({
      reportUrl: 'https://app.example/hook',
      template: { identity, name, displayName, language, category, content, headerText, attachmentUrl, buttons },
    });
  });
});

describe('a call with malformed template status updates', () => {
  const signed = (body: string): WebhookRequest => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const digest = createHmac('sha256', networkSecret).update(`${timestamp}.${body}`).digest('hex');
    const headers = new Map([
      ['x-simulated-timestamp', timestamp],
      ['x-simulated-signature', `sha256=${digest}`],
    ]);
    return { method: 'POST', query: '', headers, body: Buffer.from(body) };
  };
  const good = { identity: '358401000001', name: 'order_ready', status: 'approved' };

  test.each<[unknown, string]>([
    [{}, 'the body has no list of templates'],
    ['approved', 'the body has no list of templates'],
    [null, 'the body has no list of templates'],
    [[good, null], 'templates[1] is not an object'],
    [[{ ...good, identity: undefined }], 'templates[0] has no identity'],
    [[{ ...good, name: 7 }], 'templates[0] has no name'],
    [[{ ...good, status: 'APPROVED' }], 'templates[0] has a status that is not known'],
    [[{ ...good, reason: 7 }], 'templates[0] has a reason that is not a text'],
  ])('%j is refused', async (templates, message) => {
    const carrier = http({ url: 'http://127.0.0.1:9' });
    await expect(carrier.receive(signed(JSON.stringify({ templates })))).rejects.toThrow(
      expect.objectContaining({ name: 'WebhookRefused', status: 400, message }) as Error,
    );
  });

  test('a call with reports and template status updates returns both', async () => {
    const reports = [{ id: 'a', status: 'delivered', at: now.toISOString() }];
    const carrier = http({ url: 'http://127.0.0.1:9' });
    expect(await carrier.receive(signed(JSON.stringify({ reports, templates: [good] })))).toEqual({
      reports: [{ recipientId: 'a', status: 'delivered', at: now }],
      templates: [good],
      inbound: [],
    });
  });
});
