import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSimulatedCarrier } from '../../../../src/carriers/simulated/index.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import { startFaultyNetwork } from '../../../support/servers/faulty-network.ts';
import { inboundCalls, networkSecret, plainInbound, startNetwork } from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

const now = new Date('2026-11-23T10:00:00.250Z');
const nobody = 'http://127.0.0.1:9/';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const file = { name: 'photo.jpg', mimeType: 'image/jpeg', content: base64('bytes') };
const inboundId = expect.stringMatching(/^sim-inbound-[0-9a-f-]{36}$/) as string;
const mediaId = expect.stringMatching(/^sim-media-[0-9a-f-]{36}$/) as string;

async function startReceiver(...options: Parameters<typeof startWebhookReceiver>): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver(...options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

const temporaryFile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'simulated-carrier-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'state.jsonl');
};

const contentsIn = (receiver: WebhookReceiver) =>
  inboundCalls(receiver)
    .flat()
    .map(({ content }) => content);

describe('POST /inbound', () => {
  test('accepts an inbound message, and sends it to the client in a signed call', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ now: () => now, inboundUrl: `${receiver.url}/hook` });
    const response = await network.write({ sender: '+358401230001', recipient: ' +358401000001 ' });
    const answer = (await response.json()) as { id: string };
    expect([response.status, answer]).toEqual([202, { id: inboundId }]);
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    expect(inboundCalls(receiver)).toEqual([
      [
        {
          id: answer.id,
          sender: '358401230001',
          recipient: '358401000001',
          protocol: 'SMS',
          content: 'Hyvää päivää',
          at: '2026-11-23T10:00:00.250Z',
          attachments: [],
        },
      ],
    ]);
    const [call] = receiver.calls;
    if (call === undefined) throw new Error('no call');
    expect([call.method, call.path]).toEqual(['POST', '/hook']);
    const options = { url: network.url, apiKey: 'key', webhookSecret: networkSecret, reportUrl: nobody };
    const carrier = createSimulatedCarrier({ ...options, now: () => now });
    expect((await carrier.receive(call)).inbound.map(({ carrierMessageId }) => carrierMessageId)).toEqual([answer.id]);
  });

  test.each<[string, object, object]>([
    [
      'attachments without a text',
      { protocol: 'MMS', content: undefined, attachments: [file, { ...file, name: 'ä b.png', mimeType: 'image/png' }] },
      {
        content: '',
        attachments: [
          { id: mediaId, name: 'photo.jpg', mimeType: 'image/jpeg' },
          { id: mediaId, name: 'ä b.png', mimeType: 'image/png' },
        ],
      },
    ],
    [
      'a tap on a button, whose label is the text',
      { protocol: 'WhatsApp', content: '', buttonReply: 'Yes, please' },
      { content: 'Yes, please', attachments: [], buttonReply: 'Yes, please' },
    ],
    [
      'a tap with a text of its own',
      { protocol: 'WhatsApp', content: 'Sure', buttonReply: 'Yes' },
      { content: 'Sure', attachments: [], buttonReply: 'Yes' },
    ],
    [
      'a tap with an attachment',
      { protocol: 'WhatsApp', content: '', buttonReply: 'Yes', attachments: [file] },
      { content: '', attachments: [{ id: mediaId, name: 'photo.jpg', mimeType: 'image/jpeg' }], buttonReply: 'Yes' },
    ],
    ['an empty list of attachments in an SMS', { attachments: [] }, { content: plainInbound.content, attachments: [] }],
    ['unknown fields', { id: 'mine', at: 0, extra: 1 }, { content: plainInbound.content }],
    ['the longest text', { content: 'x'.repeat(39_015) }, { content: 'x'.repeat(39_015) }],
    [
      'the longest label',
      { protocol: 'WhatsApp', content: '', buttonReply: 'x'.repeat(25) },
      { content: 'x'.repeat(25), buttonReply: 'x'.repeat(25) },
    ],
    ['a short code and the longest number', { sender: '123456789012345', recipient: '123' }, {}],
    [
      'ten attachments',
      { protocol: 'WhatsApp', attachments: Array.from({ length: 10 }, () => file) },
      { attachments: Array.from({ length: 10 }, () => ({ id: mediaId, name: 'photo.jpg', mimeType: 'image/jpeg' })) },
    ],
  ])('accepts %s', async (_, given, expected) => {
    const receiver = await startReceiver();
    const network = await startNetwork({ now: () => now, inboundUrl: receiver.url });
    expect((await network.write(given as Record<string, unknown>)).status).toBe(202);
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    const { sender, recipient, protocol } = { ...plainInbound, ...given };
    expect(inboundCalls(receiver)).toEqual([
      [
        {
          id: inboundId,
          sender,
          recipient,
          protocol,
          content: plainInbound.content,
          at: now.toISOString(),
          attachments: [],
          ...expected,
        },
      ],
    ]);
  });

  test('makes two messages of one that is played twice', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ inboundUrl: receiver.url });
    await network.write();
    await network.write();
    await eventually(() => expect(inboundCalls(receiver).flat()).toHaveLength(2));
    expect(new Set(inboundCalls(receiver).flatMap((call) => call.map(({ id }) => id))).size).toBe(2);
  });

  const number = 'must be a text of 3 to 15 digits, with or without +.';
  const nameRule = 'attachments[0].name must be a text of 1 to 255 characters, none of them a control character.';
  const typeRule = 'attachments[0].mimeType must be a type and a subtype, such as image/png.';
  const bytesRule = 'attachments[0].content must be base64 that is not empty.';
  const listRule = 'attachments must be a list of at most 10.';
  const textRule = 'content must be a text of at most 39015 characters.';
  const labelRule = 'buttonReply must be a text of 1 to 25 characters.';
  const emptyRule = 'content must not be empty without an attachment or a buttonReply.';
  const protocolRule = 'protocol must be SMS, MMS or WhatsApp.';
  const withFile = (change: object) => ({ protocol: 'MMS', attachments: [{ ...file, ...change }] });
  const tap = (buttonReply: unknown) => ({ protocol: 'WhatsApp', content: '', buttonReply });
  test.each<[unknown, string]>([
    ['', 'The body must be JSON.'],
    ['{', 'The body must be JSON.'],
    ['null', 'The body must be an object.'],
    ['[]', 'The body must be an object.'],
    ['"Hello"', 'The body must be an object.'],
    [{ sender: undefined }, `sender ${number}`],
    [{ sender: '' }, `sender ${number}`],
    [{ sender: 358401230001 }, `sender ${number}`],
    [{ sender: 'Example' }, `sender ${number}`],
    [{ sender: '12' }, `sender ${number}`],
    [{ sender: '1234567890123456' }, `sender ${number}`],
    [{ sender: '+358 40 1230001' }, `sender ${number}`],
    [{ recipient: undefined }, `recipient ${number}`],
    [{ recipient: null }, `recipient ${number}`],
    [{ recipient: ['16400'] }, `recipient ${number}`],
    [{ recipient: 'Example' }, `recipient ${number}`],
    [{ recipient: '1234567890123456' }, `recipient ${number}`],
    [{ protocol: undefined }, protocolRule],
    [{ protocol: null }, protocolRule],
    [{ protocol: 'sms' }, protocolRule],
    [{ protocol: 'constructor' }, protocolRule],
    [{ protocol: ['SMS'] }, protocolRule],
    [{ content: null }, textRule],
    [{ content: 7 }, textRule],
    [{ content: 'x'.repeat(39_016) }, textRule],
    [{ content: undefined }, emptyRule],
    [{ content: '' }, emptyRule],
    [{ protocol: 'MMS', content: '', attachments: [] }, emptyRule],
    [{ attachments: null }, listRule],
    [{ attachments: {} }, listRule],
    [{ protocol: 'MMS', attachments: Array.from({ length: 11 }, () => file) }, listRule],
    [{ attachments: [file] }, 'attachments must be left out: an SMS has none.'],
    [{ protocol: 'MMS', attachments: [null] }, 'attachments[0] must be an object.'],
    [{ protocol: 'MMS', attachments: [file, 'photo.jpg'] }, 'attachments[1] must be an object.'],
    [withFile({ name: undefined }), nameRule],
    [withFile({ name: '' }), nameRule],
    [withFile({ name: 7 }), nameRule],
    [withFile({ name: 'x'.repeat(256) }), nameRule],
    [withFile({ name: 'a\nb.jpg' }), nameRule],
    [withFile({ name: 'a\ud83d.jpg' }), nameRule],
    [withFile({ mimeType: undefined }), typeRule],
    [withFile({ mimeType: 7 }), typeRule],
    [withFile({ mimeType: 'image' }), typeRule],
    [withFile({ mimeType: 'image/' }), typeRule],
    [withFile({ mimeType: 'image/jpeg; x=1' }), typeRule],
    [withFile({ mimeType: 'image/jpeg\r\nx: 1' }), typeRule],
    [withFile({ mimeType: `image/${'x'.repeat(128)}` }), typeRule],
    [withFile({ content: undefined }), bytesRule],
    [withFile({ content: '' }), bytesRule],
    [withFile({ content: 7 }), bytesRule],
    [withFile({ content: 'YWI' }), bytesRule],
    [withFile({ content: 'YWI==' }), bytesRule],
    [withFile({ content: 'YW I=' }), bytesRule],
    [withFile({ content: '_-8=' }), bytesRule],
    // The last character has bits that belong to no byte.
    [withFile({ content: 'YWJ=' }), bytesRule],
    [{ buttonReply: 'Yes' }, 'buttonReply must be left out: only WhatsApp has buttons.'],
    [{ protocol: 'MMS', buttonReply: 'Yes' }, 'buttonReply must be left out: only WhatsApp has buttons.'],
    [tap(''), labelRule],
    [tap(7), labelRule],
    [tap(null), labelRule],
    [tap('x'.repeat(26)), labelRule],
  ])('refuses %j, and stores nothing', async (given, message) => {
    const stateFile = await temporaryFile();
    const receiver = await startReceiver();
    const network = await startNetwork({ inboundUrl: receiver.url, stateFile });
    const response = await (typeof given === 'string'
      ? fetch(`${network.url}/inbound`, { method: 'POST', body: given })
      : network.write(given as Record<string, unknown>));
    expect([response.status, await response.json()]).toEqual([400, { code: 'BadRequest', message }]);
    expect(await readFile(stateFile, 'utf8')).toBe('');

    // A valid message follows: when the client has it, the client would have the invalid one, too.
    await network.write({ content: 'good' });
    await eventually(() => expect(contentsIn(receiver)).toContain('good'));
    expect(contentsIn(receiver)).toEqual(['good']);
  });

  test('refuses a body that is too large', async () => {
    const network = await startNetwork({ inboundUrl: nobody });
    const body = ' '.repeat(16 * 1024 * 1024 + 1);
    const response = await fetch(`${network.url}/inbound`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      413,
      { code: 'TooLarge', message: 'The body must have at most 16777216 bytes.' },
    ]);
  });

  test('refuses all messages without an address of the client', async () => {
    const stateFile = await temporaryFile();
    const network = await startNetwork({ stateFile });
    const response = await network.write();
    expect([response.status, await response.json()]).toEqual([
      409,
      {
        code: 'NoInboundAddress',
        message: 'The carrier was started without an address for inbound messages.',
      },
    ]);
    expect(await readFile(stateFile, 'utf8')).toBe('');
  });
});

describe('an unconfirmed message', () => {
  test('is sent again, unchanged each time', async () => {
    let time = now.getTime();
    const receiver = await startReceiver((index) => {
      time += 60_000;
      return [503, 302][index] ?? 204;
    });
    const network = await startNetwork({ now: () => new Date(time), inboundUrl: receiver.url });
    await network.write({ protocol: 'MMS', attachments: [file] });
    await eventually(() => expect(receiver.calls).toHaveLength(3));
    const [first, ...repeats] = inboundCalls(receiver);
    expect(first).toMatchObject([{ at: '2026-11-23T10:00:00.250Z' }]);
    expect(repeats).toEqual([first, first]);
  });

  test('is sent again after a restart; a confirmed message is not', async () => {
    const stateFile = await temporaryFile();
    const receiver = await startReceiver();
    const first = await startNetwork({ stateFile, inboundUrl: receiver.url });
    await first.write({ content: 'confirmed' });
    await eventually(async () => expect(await readFile(stateFile, 'utf8')).toContain('"inboundReported"'));
    await first.stop();

    const refusing = await startReceiver(() => 503);
    const second = await startNetwork({ stateFile, inboundUrl: refusing.url, now: () => now });
    const { id } = (await (await second.write({ content: 'open' })).json()) as { id: string };
    await eventually(() => expect(contentsIn(refusing)).toEqual(['open']));
    await second.stop();

    // Without a client's address, undelivered messages stay undelivered.
    const third = await startNetwork({ stateFile });
    await third.submit(nobody, [{ id: 'a' }]);
    await third.stop();

    const fourth = await startNetwork({ stateFile, inboundUrl: `${receiver.url}/moved` });
    await fourth.write({ content: 'last' });
    await eventually(() => expect(contentsIn(receiver)).toContain('last'));
    await eventually(() => expect(contentsIn(receiver)).toContain('open'));
    expect(contentsIn(receiver)).toHaveLength(3);
    expect(inboundCalls(receiver).flat()).toContainEqual({
      ...plainInbound,
      id,
      content: 'open',
      at: '2026-11-23T10:00:00.250Z',
      attachments: [],
    });
    expect(receiver.calls.at(-1)?.path).toBe('/moved');
    expect(await fourth.list()).toHaveLength(1);
  });

  test('is no longer sent when the carrier stops', async () => {
    let [called, closed] = [false, false];
    const url = await startFaultyNetwork((_, response) => {
      called = true;
      response.once('close', () => (closed = true));
    });
    const network = await startNetwork({ inboundUrl: url });
    await network.write();
    await eventually(() => expect(called).toBe(true));
    await network.stop();
    // A call that stop does not end would last until its timeout.
    await eventually(() => expect(closed).toBe(true), { timeoutMs: 5000 });
  });

  test('shares a call with at most nine others', async () => {
    const stateFile = await temporaryFile();
    const waiting = await startNetwork({ stateFile, inboundUrl: nobody });
    for (let index = 0; index < 25; index += 1) await waiting.write({ content: String(index) });
    await waiting.stop();

    const receiver = await startReceiver();
    await startNetwork({ stateFile, inboundUrl: receiver.url });
    await eventually(() => expect(contentsIn(receiver)).toHaveLength(25));
    const sizes = inboundCalls(receiver).map(({ length }) => length);
    expect(sizes.sort((one, other) => one - other)).toEqual([5, 10, 10]);
    expect(new Set(contentsIn(receiver)).size).toBe(25);
  });
});
