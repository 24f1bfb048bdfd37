import { describe, expect, test } from 'vitest';

import { isEmailAddress } from '../../../src/contacts/email-address.ts';

const local64 = 'a'.repeat(64);
/** Returns a domain of the given length. */
const domain = (length: number): string => `${'d'.repeat(length - 186)}.${`${'e'.repeat(60)}.`.repeat(3)}fi`;

describe('isEmailAddress', () => {
  test.each([
    'aino@example.fi',
    'Aino.Virtanen@Example.FI',
    'aino+tag@sub.example.co.uk',
    "o'neill_2@x-y.example",
    'äiti@työ.example.fi',
    'aino@xn--ty-gka.fi',
    '用户@例子.广告',
    '!#$%&*+/=?^_`{|}~-@example.com',
    `${local64}@example.fi`,
    `a@${'d'.repeat(63)}.fi`,
    `${local64}@${domain(189)}`,
  ])('accepts %s', (text) => {
    expect(isEmailAddress(text)).toBe(true);
  });

  test.each([
    '',
    'aino',
    '@example.fi',
    'aino@',
    'aino@localhost',
    'aino@@example.fi',
    'aino@example..fi',
    'aino@.example.fi',
    'aino@example.fi.',
    'aino@-example.fi',
    'aino@example-.fi',
    'aino@example.123',
    'aino@127.0.0.1',
    'aino@[127.0.0.1]',
    '.aino@example.fi',
    'aino.@example.fi',
    'ai..no@example.fi',
    'ai no@example.fi',
    'aino@exam ple.fi',
    'aino@example.fi ',
    'aino@example.fi\n',
    '"aino"@example.fi',
    'Aino <aino@example.fi>',
    'aino@example.fi, eino@example.fi',
    'aino@example_1.fi',
    'mailto:aino@example.fi',
    'aino@exam\u0000ple.fi',
    `${local64}a@example.fi`,
    `a@${'d'.repeat(64)}.fi`,
    `${local64}@${domain(190)}`,
  ])('refuses %j', (text) => {
    expect(isEmailAddress(text)).toBe(false);
  });
});
