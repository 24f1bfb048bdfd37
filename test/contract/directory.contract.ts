import { beforeAll, describe, expect, test } from 'vitest';

import type { Directory, DirectoryDocument } from '../../src/directory/index.ts';
import { customerEntry, smsService } from '../support/samples/directory.ts';

const info = smsService('info', '+358 40 100 0001', ['Info']);
const vote = smsService('vote', '0401000001', ['Vote', 'Äänestä']);
const rest = smsService('rest', '16400');
const chat = {
  ...rest,
  id: 'chat',
  receivesOn: { protocol: 'WhatsApp' as const, address: '358401000001', keywords: [] },
};
const plain = {
  id: 'plain',
  name: 'Plain',
  type: 'OneWay' as const,
  senders: ['Arena'],
  allowsReplies: false,
  carriers: ['kannel', 'twilio'],
  resendInDoubt: true,
};

const demo = customerEntry('demo', {
  services: [vote, plain, info, chat],
  whatsappIdentities: ['+358 40 100 0001', '040 1000002'],
});
/** An id of characters that storage keys can't contain. */
const odd = customerEntry(`Ä/\\#?'"%\u{1F600} ${'x'.repeat(85)}`, {
  region: 'SE',
  callsPerMinute: 5,
  services: [smsService('plus', '+358 40 100 0001', ['Plus']), rest],
  whatsappIdentities: ['070 123 45 67'],
});
const bare = customerEntry('bare', { whatsappIdentities: [] });
const document: DirectoryDocument = {
  customers: [demo, odd, bare],
  users: [
    { id: 'demo-user', name: 'Demo user', customerIds: ['demo', odd.id] },
    { id: "o'user/?#", name: 'Odd', customerIds: [] },
  ],
};

/** Tests what every directory must answer; `open` opens one with the content of a document. */
export function directoryContract(name: string, open: (document: DirectoryDocument) => Promise<Directory>): void {
  describe(`directory: ${name}`, () => {
    let directory: Directory;
    beforeAll(async () => {
      directory = await open(document);
    });

    test.each(document.users)('knows the user $id', async (user) => {
      expect(await directory.user(user.id)).toEqual(user);
    });

    test.each(document.customers)('knows the customer $id with its services and identities', async (customer) => {
      expect(await directory.customer(customer.id)).toEqual(customer);
      expect(await directory.services(customer.id)).toEqual(customer.services);
    });

    test.each([['Demo'], ['demo '], ['demo-user'], [''], ['\u0000'], ['x'.repeat(5_000)]])(
      'knows no customer or user %j',
      async (id) => {
        expect(await directory.customer(id)).toBeUndefined();
        expect(await directory.services(id)).toEqual([]);
        expect(await directory.whatsappIdentities(id)).toEqual([]);
        expect(await directory.user(`${id}?`)).toBeUndefined();
      },
    );

    test('does not take a user for a customer, nor a customer for a user', async () => {
      expect([await directory.user('demo'), await directory.customer('demo-user')]).toEqual([undefined, undefined]);
    });

    test.each([
      ['demo', ['358401000001', '358401000002']],
      [odd.id, ['46701234567']],
      ['bare', []],
    ])('lists the identities of %s as numbers in one form', async (id, numbers) => {
      expect(await directory.whatsappIdentities(id)).toEqual(numbers);
    });

    test.each([
      ['358401000001', 'demo'],
      ['358401000002', 'demo'],
      ['46701234567', odd.id],
      ['358401000003', undefined],
      ['16400', undefined],
      ['+358 40 100 0001', undefined],
      ['', undefined],
      ["' or 1 eq 1 or '", undefined],
    ])('finds the customer with the identity %j: %s', async (number, owner) => {
      expect(await directory.identityOwner(number)).toBe(owner);
    });

    test.each([
      ['SMS', '358401000001', ['demo vote', 'demo info', `${odd.id} plus`]],
      ['SMS', '16400', [`${odd.id} rest`]],
      ['WhatsApp', '358401000001', ['demo chat']],
      ['WhatsApp', '358401000002', []],
      ['SMS', '0401000001', []],
      ['SMS', '', []],
    ] as const)('on %s %s receive %j', async (protocol, address, services) => {
      const receivers = await directory.receivers(protocol, address);
      // Customers may be in any order, the services of one customer are in the order of the directory.
      const byCustomer = [...receivers].sort((left, right) => (left.customerId < right.customerId ? -1 : 1));
      expect(byCustomer.map(({ customerId, service }) => `${customerId} ${service.id}`)).toEqual(services);
    });

    test('a receiver has the whole service', async () => {
      expect(await directory.receivers('WhatsApp', '358401000001')).toEqual([{ customerId: 'demo', service: chat }]);
    });
  });
}
