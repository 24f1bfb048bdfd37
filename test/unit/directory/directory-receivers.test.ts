import { describe, expect, test } from 'vitest';

import { readAddress } from '../../../src/directory/index.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { parseDirectory } from '../../support/tools/parse-directory.ts';
import { directoryOf, receivingService } from '../../support/labs/inbound.ts';
import { testCustomer } from '../../support/labs/kernel.ts';
import { refusal } from '../../support/tools/refusal.ts';

describe('an address that a service receives on', () => {
  test.each([
    ['16400', '16400'],
    [' 16400 ', '16400'],
    ['112', '112'],
    ['+358 40 100 0001', '358401000001'],
    ['040 1000001', '358401000001'],
    ['00358401000001', '358401000001'],
    ['15551234567', '15551234567'],
  ])('is read from %j as %s', (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  test('that is a national number is read in the given region', () => {
    expect(readAddress('070 123 45 67', 'SE')).toBe('46701234567');
  });

  test.each(['', '12', 'Arena', '+', '1234567890123456'])('is not %j', (text) => {
    expect(readAddress(text)).toBeUndefined();
  });
});

const sms = (id: string, keywords: readonly string[], address = '16400') =>
  receivingService(id, keywords, { protocol: 'SMS', address });

const whatsApp = (id: string, keywords: readonly string[], address = '358401000001') =>
  receivingService(id, keywords, { protocol: 'WhatsApp', address });

describe('the services that receive on an address', () => {
  test('are found by protocol and digits, in all customers and however the address is written', async () => {
    const info = sms('info', ['Info'], '+358 40 100 0001');
    const vote = sms('vote', ['Vote'], '0401000001');
    const chat = whatsApp('chat', []);
    const directory = directoryOf({ demo: [info, chat], other: [vote, sms('code', [])] });
    const found = async (protocol: 'SMS' | 'WhatsApp', address: string) =>
      (await directory.receivers(protocol, address)).map(({ customerId, service }) => [customerId, service.id]);
    expect(await directory.receivers('SMS', '358401000001')).toEqual([
      { customerId: 'demo', service: info },
      { customerId: 'other', service: vote },
    ]);
    expect(await found('WhatsApp', '358401000001')).toEqual([['demo', 'chat']]);
    expect(await found('SMS', '16400')).toEqual([['other', 'code']]);
    expect(await found('WhatsApp', '16400')).toEqual([]);
    expect(await found('SMS', '358401000002')).toEqual([]);
  });

  test('do not include services that only send', async () => {
    const { receivesOn: _, ...service } = sms('info', []);
    expect(await directoryOf({ demo: [service] }).receivers('SMS', '16400')).toEqual([]);
  });

  test.each<[string, Parameters<typeof directoryOf>[0]]>([
    ['other keywords, of two customers', { demo: [sms('a', ['Info'])], other: [sms('b', ['Vote'])] }],
    ['keywords and everything else', { demo: [sms('a', ['Info', 'Ohje']), sms('b', [])] }],
    ['the same keyword on another address', { demo: [sms('a', ['Info']), sms('b', ['Info'], '16401')] }],
    ['the same keyword on another channel', { demo: [sms('a', ['Info'], '358401000001'), whatsApp('b', ['Info'])] }],
    ['keywords that differ in an umlaut', { demo: [sms('a', ['Kaytto']), sms('b', ['Käyttö'])] }],
  ])('may have %s', (_, customers) => {
    expect(() => directoryOf(customers)).not.toThrow();
  });

  test.each<[string, Parameters<typeof directoryOf>[0], string]>([
    [
      'two services for everything else',
      { demo: [sms('a', []), sms('b', [])] },
      'a and b both claim everything on SMS 16400',
    ],
    [
      'two customers for everything else, who write the address in two ways',
      { demo: [whatsApp('a', [])], other: [whatsApp('b', [], '040 100 0001')] },
      'a and b both claim everything on WhatsApp 358401000001',
    ],
    [
      'a keyword in another letter case',
      { demo: [sms('a', ['Info', 'Käyttö'])], other: [sms('b', ['Vote', 'KÄYTTÖ'.normalize('NFD')])] },
      "a and b both claim the keyword 'käyttö' on SMS 16400",
    ],
    ['a keyword twice', { demo: [sms('a', ['Info', 'INFO!'])] }, "a and a both claim the keyword 'info' on SMS 16400"],
    [
      'a service on what is not an address',
      { demo: [sms('a', [], 'Arena')] },
      "'Arena', on which a receives, is not an address",
    ],
  ])('may not have %s', (_, customers, problem) => {
    expect(refusal(() => directoryOf(customers))).toBe(problem);
  });

  test('have national addresses read in the region of their customer', async () => {
    const swedish = { ...testCustomer, region: 'SE', services: [sms('info', [], '070 123 45 67')] };
    const directory = createMemoryDirectory({ customers: [swedish], users: [] });
    expect((await directory.receivers('SMS', '46701234567')).map(({ service }) => service.id)).toEqual(['info']);
  });

  test('may receive on a WhatsApp number of their own customer, but not of another one', () => {
    const owner = { ...testCustomer, id: 'owner', services: [], whatsappIdentities: ['+358 40 100 0001'] };
    const customersWith = (id: string, service: ReturnType<typeof sms>) => [
      ...(id === 'owner' ? [] : [owner]),
      { ...testCustomer, ...(id === 'owner' ? owner : {}), id, services: [service] },
    ];
    const open = (id: string, service: ReturnType<typeof sms>) =>
      createMemoryDirectory({ customers: customersWith(id, service), users: [] });
    expect(() => open('owner', whatsApp('chat', []))).not.toThrow();
    expect(() => open('thief', sms('chat', [], '358401000001'))).not.toThrow();
    expect(refusal(() => open('thief', whatsApp('chat', ['Info'])))).toBe(
      'chat receives on WhatsApp 358401000001, which belongs to owner',
    );
  });
});

describe('a directory document', () => {
  const parse = (service: Readonly<Record<string, unknown>>) =>
    parseDirectory(
      JSON.stringify({
        customers: [{ id: 'c', name: 'C', services: [{ id: 's', name: 'S', type: 'TwoWay', ...service }] }],
        users: [],
      }),
    ).customers[0]?.services;

  test.each([
    [
      { protocol: 'SMS', address: ' 16400 ' },
      { protocol: 'SMS', address: '16400', keywords: [] },
    ],
    [
      { protocol: 'WhatsApp', address: '+358 40 1', keywords: ['Info', 'Käyttö'] },
      { protocol: 'WhatsApp', address: '+358 40 1', keywords: ['Info', 'Käyttö'] },
    ],
  ])('may say where a service receives: %j', (written, receivesOn) => {
    expect(parse({ receivesOn: written })).toEqual([
      { id: 's', name: 'S', type: 'TwoWay', senders: [], allowsReplies: false, receivesOn },
    ]);
  });

  test('need not say where a service receives', () => {
    expect(parse({})).toEqual([{ id: 's', name: 'S', type: 'TwoWay', senders: [], allowsReplies: false }]);
  });

  const place = 'customers[0].services[0].receivesOn';
  const good = { protocol: 'SMS', address: '16400' };
  test.each<[Readonly<Record<string, unknown>>, string[]]>([
    [{ receivesOn: null }, [`${place} is not an object`]],
    [{ receivesOn: '16400' }, [`${place} is not an object`]],
    [{ receivesOn: [good] }, [`${place} is not an object`]],
    [{ receivesOn: {} }, [`${place}.protocol is not SMS or WhatsApp`, `${place}.address is missing`]],
    [{ receivesOn: { ...good, protocol: 'MMS' } }, [`${place}.protocol is not SMS or WhatsApp`]],
    [{ receivesOn: { ...good, protocol: 'sms' } }, [`${place}.protocol is not SMS or WhatsApp`]],
    [{ receivesOn: { ...good, address: ' ' } }, [`${place}.address is missing`]],
    [{ receivesOn: { ...good, address: 16400 } }, [`${place}.address is missing`]],
    [{ receivesOn: { ...good, keywords: 'Info' } }, [`${place}.keywords is not a list of texts`]],
    [{ receivesOn: { ...good, keywords: [1] } }, [`${place}.keywords is not a list of texts`]],
    [
      { receivesOn: { ...good, keywords: ['two words', 'Info', '', '!'] } },
      [
        `${place}.keywords: 'two words' is not a single word`,
        `${place}.keywords: '' is not a single word`,
        `${place}.keywords: '!' is not a single word`,
      ],
    ],
    [{ type: 'OneWay', receivesOn: good }, [`${place}: only a TwoWay service can receive`]],
    [{ type: 'Group', receivesOn: good }, [`${place}: only a TwoWay service can receive`]],
  ])('may not say %j', (service, problems) => {
    expect(refusal(() => parse(service))).toBe(
      `The directory can't be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  });
});
