import { describe, expect, test } from 'vitest';

import { readIdentity } from '../../../src/directory/index.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { testCustomer } from '../../support/labs/kernel.ts';

describe('a WhatsApp identity', () => {
  test.each([
    ['358401000001', '358401000001'],
    ['+358 40 100 0001', '358401000001'],
    ['00358401000001', '358401000001'],
    ['040 1000001', '358401000001'],
    ['+1 (555) 123-4567', '15551234567'],
    ['15551234567', '15551234567'],
    ['+372 5123 4567', '37251234567'],
  ])('is read from %s as %s', (text, number) => {
    expect(readIdentity(text)).toBe(number);
  });

  test('that is a national number is read in the given region', () => {
    expect(readIdentity('070 123 45 67', 'SE')).toBe('46701234567');
  });

  test.each(['', 'demo', '123', '+', '1234567890123456', "1'; drop", '358401000001x'])('is not %j', (text) => {
    expect(readIdentity(text)).toBeUndefined();
  });
});

describe('the directory', () => {
  const customer = (id: string, whatsappIdentities?: readonly string[]) => ({
    ...testCustomer,
    id,
    services: [],
    ...(whatsappIdentities === undefined ? {} : { whatsappIdentities }),
  });

  test('finds the identities of a customer, and the customer of an identity', async () => {
    const directory = createMemoryDirectory({
      customers: [
        customer('demo', ['+358 40 100 0001', '040 1000002']),
        customer('other', ['358401000003']),
        customer('none'),
      ],
      users: [],
    });
    expect(await directory.whatsappIdentities('demo')).toEqual(['358401000001', '358401000002']);
    expect(await directory.whatsappIdentities('none')).toEqual([]);
    expect(await directory.whatsappIdentities('unknown')).toEqual([]);
    const numbers = ['358401000001', '358401000002', '358401000003', '358401000004'];
    expect(await Promise.all(numbers.map((number) => directory.identityOwner(number)))).toEqual([
      'demo',
      'demo',
      'other',
      undefined,
    ]);
  });

  test('refuses an identity of two customers, however it is written, and one that is not a number', () => {
    const shared = [customer('demo', ['358401000001']), customer('other', ['+358 40 1000001'])];
    expect(() => createMemoryDirectory({ customers: shared, users: [] })).toThrow(
      'WhatsApp identity 358401000001 belongs to both demo and other',
    );
    expect(() => createMemoryDirectory({ customers: [customer('demo', ['me'])], users: [] })).toThrow(
      "'me', a WhatsApp identity of demo, is not a number",
    );
  });
});
