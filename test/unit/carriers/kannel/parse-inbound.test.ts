import { describe, expect, test } from 'vitest';

import type { WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { createKannelCarrier, kannelSecrets } from '../../../support/labs/carriers/kannel.ts';

const { inboundSecret, webhookSecret } = kannelSecrets;
const carrier = createKannelCarrier({ url: 'http://127.0.0.1:9', inboundSecret });
const authorization = `Basic ${Buffer.from(`kannel:${inboundSecret}`).toString('base64')}`;
// A call as recorded from Kannel 1.4.5.
const query = '?id=05de2af5-e056-411e-afc3-c0c8361a2b7b&at=1795544779&from=%2B358401230055&to=16400';

function posted(body: Uint8Array | string, contentType = 'text/plain; charset="UTF-8"'): WebhookRequest {
  const headers = new Map([
    ['authorization', authorization],
    ['content-type', contentType],
  ]);
  return { method: 'POST', query, headers, body: Buffer.from(body) };
}

const fetched = (rest: string): WebhookRequest => ({
  method: 'GET',
  query: query + rest,
  headers: new Map([['authorization', authorization]]),
  body: new Uint8Array(),
});

const eventsOf = async (call: WebhookRequest) => (await carrier.receive(call)).inbound;

describe('an inbound message', () => {
  test('has its id, its time, and the numbers in digits', async () => {
    expect(await eventsOf(posted('hei € åäö'))).toEqual([
      {
        carrierMessageId: '05de2af5-e056-411e-afc3-c0c8361a2b7b',
        at: new Date('2026-11-24T18:26:19Z'),
        sender: '358401230055',
        recipient: '16400',
        protocol: 'SMS',
        content: 'hei € åäö',
        attachments: [],
      },
    ]);
  });

  test.for([
    ['by get-url', fetched('&text=kw++two+blanks%0A%E2%82%AC&coding=0'), 'kw  two blanks\n€'],
    ['by get-url, without text', fetched('&text='), ''],
    ['without text', posted(''), ''],
    ['with characters that have a meaning in addresses', posted('+ & % = x'), '+ & % = x'],
    [
      'in UTF-16, if Kannel is not configured to write UTF-8',
      posted(Buffer.from('04160020d83dde00', 'hex'), 'text/plain; charset="UTF-16BE"'),
      'Ж 😀',
    ],
    ['in ISO 8859-1', posted(Buffer.from('e4', 'hex'), 'text/plain; charset=ISO-8859-1'), 'ä'],
    ['in an unknown encoding', posted('ä', 'text/plain; charset="GSM-PACKED"'), 'ä'],
    ['without an encoding', posted('ä', 'text/plain'), 'ä'],
    ['in bytes that are not UTF-8', posted(Buffer.from('61ff', 'hex')), 'a\ufffd'],
  ] as const)('is read %s', async ([, call, content]) => {
    expect(await eventsOf(call)).toMatchObject([{ content }]);
  });

  test('can come from a name, and to a long number', async () => {
    const call = { ...posted('x'), query: '?id=1&at=1795544779&from=Bank&to=%2B358207434242' };
    expect(await eventsOf(call)).toMatchObject([{ sender: 'Bank', recipient: '358207434242' }]);
  });

  test.for([
    ['post-url', posted(Buffer.from([1, 2, 255]), 'application/octet-stream')],
    ['get-url', fetched('&text=%01%02%FF&coding=1')],
    ['post-url, without a content type', posted('x', '')],
  ] as const)('that is not a text is ignored: by %s', async ([, call]) => {
    expect(await carrier.receive(call)).toEqual({ reports: [], templates: [], inbound: [] });
  });
});

describe('an inbound message is accepted', () => {
  const refused = expect.objectContaining({ name: 'WebhookRefused', status: 401 }) as Error;
  const showing = (value: string): WebhookRequest => ({
    ...posted('x'),
    headers: new Map([...posted('x').headers, ['authorization', value]]),
  });
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test('from nobody if no secret is set', async () => {
    const silent = createKannelCarrier({ url: 'http://127.0.0.1:9' });
    for (const call of [posted('x'), showing(basic('kannel:')), showing(basic('kannel:undefined'))]) {
      await expect(silent.receive(call)).rejects.toThrow(refused);
    }
  });

  test.for([
    '',
    'Basic',
    'Basic ',
    'Basic ====',
    `Bearer ${inboundSecret}`,
    inboundSecret,
    basic(inboundSecret),
    basic('kannel:'),
    basic(`kannel:${inboundSecret} `),
    basic(`kannel:x:${inboundSecret}`),
    basic(`kannel:${webhookSecret}`),
  ])('from nobody with the authorization %j', async (value) => {
    await expect(carrier.receive(showing(value))).rejects.toThrow(refused);
  });

  test('from Kannel with any user name before the secret', async () => {
    expect(await eventsOf(showing(basic(`:${inboundSecret}`)))).toHaveLength(1);
  });

  test('from nobody with the key of a report', async () => {
    await expect(carrier.receive({ ...posted('x'), query: `${query}&recipient=x` })).rejects.toThrow(refused);
  });
});
