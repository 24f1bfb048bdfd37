import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { createSimulatedCarrier } from '../../../../src/carriers/simulated/index.ts';

const webhookSecret = 'secret';
const carrier = createSimulatedCarrier({
  url: 'http://127.0.0.1:9',
  apiKey: 'key',
  webhookSecret,
  reportUrl: 'https://app.example/hook',
});

function signed(body: unknown): WebhookRequest {
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', webhookSecret).update(`${timestamp}.${text}`).digest('hex');
  const headers = new Map([
    ['x-simulated-timestamp', timestamp],
    ['x-simulated-signature', `sha256=${digest}`],
  ]);
  return { method: 'POST', query: '', headers, body: Buffer.from(text) };
}

const file = { id: 'f1', name: 'photo.jpg', mimeType: 'image/jpeg' };
const good = {
  id: 'i1',
  sender: '358401230001',
  recipient: '16400',
  protocol: 'SMS',
  content: 'Hei',
  at: '2026-11-23T09:59:59.500Z',
  attachments: [],
};
const event = {
  carrierMessageId: 'i1',
  sender: '358401230001',
  recipient: '16400',
  protocol: 'SMS',
  content: 'Hei',
  at: new Date('2026-11-23T09:59:59.500Z'),
  attachments: [],
};

test('returns all messages in order, with our field names', async () => {
  const inbound = [
    { ...good, extra: 1 },
    { ...good, id: 'i2', protocol: 'MMS', content: '', attachments: [file, { ...file, id: 'f2', extra: 1 }] },
    { ...good, id: 'i3', protocol: 'WhatsApp', content: 'Yes', buttonReply: 'Yes' },
  ];
  const attachment = { reference: 'f1', name: 'photo.jpg', mimeType: 'image/jpeg' };
  expect(await carrier.receive(signed({ inbound }))).toEqual({
    reports: [],
    templates: [],
    inbound: [
      event,
      {
        ...event,
        carrierMessageId: 'i2',
        protocol: 'MMS',
        content: '',
        attachments: [attachment, { ...attachment, reference: 'f2' }],
      },
      { ...event, carrierMessageId: 'i3', protocol: 'WhatsApp', content: 'Yes', buttonReply: 'Yes' },
    ],
  });
});

test('accepts a call with reports, template status updates and messages, and one with an empty list', async () => {
  const reports = [{ id: 'a', status: 'delivered', at: good.at }];
  const templates = [{ identity: '358401000001', name: 'order_ready', status: 'approved' }];
  expect(await carrier.receive(signed({ reports, templates, inbound: [good] }))).toEqual({
    reports: [{ recipientId: 'a', status: 'delivered', at: event.at }],
    templates,
    inbound: [event],
  });
  expect(await carrier.receive(signed({ inbound: [] }))).toEqual({ reports: [], templates: [], inbound: [] });
});

const second = (change: object) => ({ inbound: [good, { ...good, ...change }] });
const withFile = (change: object) => second({ attachments: [file, { ...file, ...change }] });
test.each<[unknown, string]>([
  [{ inbound: null }, 'the body has no list of inbound'],
  [{ inbound: {} }, 'the body has no list of inbound'],
  [{ inbound: [good], reports: {} }, 'the body has no list of reports'],
  [{ inbound: [good], templates: 'x' }, 'the body has no list of templates'],
  [{ inbound: [null] }, 'inbound[0] is not an object'],
  [{ inbound: [good, 'i2'] }, 'inbound[1] is not an object'],
  [second({ id: undefined }), 'inbound[1] has no id'],
  [second({ id: '' }), 'inbound[1] has no id'],
  [second({ id: 7 }), 'inbound[1] has no id'],
  [second({ sender: undefined }), 'inbound[1] has no sender'],
  [second({ sender: '' }), 'inbound[1] has no sender'],
  [second({ recipient: undefined }), 'inbound[1] has no recipient'],
  [second({ recipient: 16400 }), 'inbound[1] has no recipient'],
  [second({ protocol: undefined }), 'inbound[1] has no known protocol'],
  [second({ protocol: 'sms' }), 'inbound[1] has no known protocol'],
  [second({ content: undefined }), 'inbound[1] has no content'],
  [second({ content: null }), 'inbound[1] has no content'],
  [second({ at: undefined }), 'inbound[1] has no time'],
  [second({ at: 0 }), 'inbound[1] has no time'],
  [second({ at: 'soon' }), 'inbound[1] has no time'],
  [second({ attachments: undefined }), 'inbound[1] has no list of attachments'],
  [second({ attachments: {} }), 'inbound[1] has no list of attachments'],
  [second({ attachments: ['f1'] }), 'inbound[1].attachments[0] is not an object'],
  [withFile({ id: '' }), 'inbound[1].attachments[1] has no id'],
  [withFile({ name: undefined }), 'inbound[1].attachments[1] has no name'],
  [withFile({ mimeType: 7 }), 'inbound[1].attachments[1] has no mimeType'],
  [second({ buttonReply: 7 }), 'inbound[1] has a buttonReply that is not a text'],
  [second({ buttonReply: null }), 'inbound[1] has a buttonReply that is not a text'],
])('refuses %j', async (body, message) => {
  await expect(carrier.receive(signed(body))).rejects.toThrow(
    expect.objectContaining({ name: 'WebhookRefused', status: 400, message }) as Error,
  );
});
