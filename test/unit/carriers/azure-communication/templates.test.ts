import { describe, expect, onTestFinished, test } from 'vitest';
import type { ListOutcome } from '../../../../src/templates/index.ts';
import {
  accessKey,
  channel,
  createCarrier,
  createKeylessCarrier,
  whatsAppNumber,
} from '../../../support/labs/carriers/azure-communication.ts';
import { startAzureCommunicationApi } from '../../../support/servers/azure-communication-api.ts';
import { addressOfNobody, answering, startFaultyNetwork } from '../../../support/servers/faulty-network.ts';
import { storedTemplate } from '../../../support/samples/templates.ts';

const path = `/messages/channels/${channel}/templates?api-version=2024-08-30`;
const unavailable = { outcome: 'unavailable', reason: expect.stringMatching(/\S/) as string };

// Like the example Template_ListTemplates.json in Microsoft's specification.
const shipping = {
  name: 'sample_shipping_confirmation',
  language: 'en_US',
  status: 'approved',
  kind: 'whatsApp',
  content: [
    { type: 'BODY', text: 'Your package has been shipped. It will be delivered in {{1}} business days.' },
    { type: 'FOOTER', text: 'This message is from an unverified business.' },
  ],
};

const listed = {
  identity: whatsAppNumber,
  name: shipping.name,
  language: 'en_US',
  category: 'MARKETING',
  content: 'Your package has been shipped. It will be delivered in {{1}} business days.',
  buttons: [],
  status: 'approved',
  carrierReference: shipping.name,
};

async function listOf(...pages: { value: unknown; nextLink?: string | null }[]): Promise<ListOutcome | undefined> {
  const api = await startAzureCommunicationApi({ accessKey });
  onTestFinished(() => api.stop());
  api.templatePages.push(
    ...pages.map(({ value, nextLink }) => ({
      value,
      ...(nextLink !== undefined && { nextLink: nextLink?.replace('{endpoint}', api.url) ?? null }),
    })),
  );
  return createCarrier(api.url).templates?.list(whatsAppNumber);
}

test('manages the numbers that have a channel, and refuses to submit templates', async () => {
  const { templates } = createCarrier('https://a.example');
  expect(templates?.manages(whatsAppNumber)).toBe(true);
  expect(templates?.manages('358401000009')).toBe(false);
  expect(await templates?.submit(storedTemplate())).toEqual({
    outcome: 'refused',
    reason: expect.stringContaining("Meta's WhatsApp Manager") as string,
  });
});

test('without channels, the carrier has no templates, attachments or WhatsApp', () => {
  const carrier = createCarrier('https://a.example', { settings: { channels: new Map() } });
  expect(carrier).not.toHaveProperty('templates');
  expect(carrier).not.toHaveProperty('attachments');
  expect(carrier.capabilities).toMatchObject({ protocols: ['SMS'], sendsTemplates: false, whatsappNumbers: [] });
  expect(createCarrier('https://a.example').capabilities).toMatchObject({ whatsappNumbers: [whatsAppNumber] });
});

describe('the list of a number', () => {
  test('has the templates of all pages', async () => {
    const second = { ...shipping, name: 'second' };
    const nextLink = `{endpoint}${path}&page=1`;
    expect(await listOf({ value: [shipping], nextLink }, { value: [second], nextLink: null })).toEqual({
      outcome: 'listed',
      templates: [listed, { ...listed, name: 'second', carrierReference: 'second' }],
    });
  });

  test.for<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a pending template', { status: 'pending' }, { status: 'pending' }],
    ['a rejected template', { status: 'Rejected' }, { status: 'rejected' }],
    ['a paused template', { status: 'paused' }, { status: 'rejected', reason: 'WhatsApp has paused the template.' }],
    [
      'a text header',
      { content: [...shipping.content, { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' }] },
      { headerText: 'Hi {{1}}' },
    ],
    [
      'a media header',
      { content: [...shipping.content, { type: 'HEADER', format: 'VIDEO', example: {} }] },
      { attachmentKind: 'video' },
    ],
    [
      'buttons',
      {
        content: [
          ...shipping.content,
          {
            type: 'BUTTONS',
            buttons: [
              { type: 'QUICK_REPLY', text: 'Yes' },
              { type: 'URL', text: 'Open', url: 'https://a.example/{{1}}' },
              { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+358 40 1234567' },
            ],
          },
        ],
      },
      {
        buttons: [
          { type: 'QuickReply', label: 'Yes', data: 'Yes' },
          { type: 'Url', label: 'Open', data: 'https://a.example/{{1}}' },
          { type: 'Call', label: 'Call', data: '358401234567' },
        ],
      },
    ],
    [
      'all fields that WhatsApp gives',
      { content: { id: '77', category: 'UTILITY', components: shipping.content } },
      { category: 'UTILITY', carrierReference: '77' },
    ],
  ])('contains %s', async ([, details, expected]) => {
    expect(await listOf({ value: [{ ...shipping, ...details }] })).toEqual({
      outcome: 'listed',
      templates: [{ ...listed, ...expected }],
    });
  });

  test.for<unknown>([
    null,
    7,
    {},
    { ...shipping, name: 7 },
    { ...shipping, status: 'deleted' },
    { ...shipping, content: undefined },
    { ...shipping, content: 'text' },
    { ...shipping, content: [null, { type: 7 }, { type: 'BODY' }] },
    { ...shipping, content: [{ type: 'BODY', text: 'Hi {{name}}' }] },
    { ...shipping, content: [...shipping.content, { type: 'HEADER', format: 'LOCATION' }] },
    { ...shipping, content: [...shipping.content, { type: 'HEADER', format: 'TEXT' }] },
    { ...shipping, content: [...shipping.content, { type: 'BUTTONS', buttons: [{ type: 'OTP', text: 'Copy' }] }] },
    { ...shipping, content: [...shipping.content, { type: 'BUTTONS', buttons: [null] }] },
  ])('leaves out templates that the app can’t send: %j', async (item) => {
    expect(await listOf({ value: [item, shipping] })).toEqual({ outcome: 'listed', templates: [listed] });
  });

  test('is unavailable if the next page is on another host, since credentials would go there', async () => {
    const elsewhere: string[] = [];
    const other = await startFaultyNetwork((request, response) => {
      elsewhere.push(request.url ?? '');
      response.end('{"value":[]}');
    });
    for (const nextLink of [`${other}${path}`, '/relative', 'no link']) {
      expect(await listOf({ value: [shipping], nextLink })).toEqual(unavailable);
    }
    expect(elsewhere).toEqual([]);
  });

  test('is unavailable if the links form a circle', async () => {
    expect(await listOf({ value: [], nextLink: `{endpoint}${path}&page=0` })).toEqual(unavailable);
  });

  test.for([
    [200, '{}'],
    [200, '[]'],
    [200, '<html>'],
    [404, '{}'],
    [500, '{}'],
  ] as const)('is unavailable if the carrier answers %i %s', async ([status, body]) => {
    const { templates } = createCarrier(await startFaultyNetwork(answering(status, body)));
    expect(await templates?.list(whatsAppNumber)).toEqual(unavailable);
  });

  test('is unavailable if nobody listens, and for a number without a channel', async () => {
    const { templates } = createCarrier(await addressOfNobody());
    expect(await templates?.list(whatsAppNumber)).toEqual(unavailable);
    expect(await templates?.list('358401000009')).toEqual(unavailable);
  });
});

test('fetches an attachment byte for byte, also with the app’s identity', async () => {
  const api = await startAzureCommunicationApi({ token: 'token' });
  onTestFinished(() => api.stop());
  const bytes = Buffer.from([0, 0xff, 0x0a, 0x89]);
  api.media.set('a/b', { bytes, mimeType: 'image/png; q=1' });
  const { attachments } = createKeylessCarrier(api.url, { getToken: async () => 'token' });
  expect(await attachments?.fetchAttachment('a/b', 4)).toEqual({ outcome: 'fetched', bytes, mimeType: 'image/png' });
});
