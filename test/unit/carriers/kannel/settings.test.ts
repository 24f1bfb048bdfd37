import { expect, test } from 'vitest';

import { readSettings } from '../../../../src/carriers/kannel/settings.ts';
import { createSettingsReader } from '../../../../src/settings/create-settings-reader.ts';

const needed = {
  KANNEL_URL: 'http://127.0.0.1:13013/cgi-bin/sendsms',
  KANNEL_USERNAME: 'app',
  KANNEL_PASSWORD: 'secret',
  KANNEL_WEBHOOK_SECRET: '0123456789abcdef',
};

function read(environment: Readonly<Record<string, string>>) {
  const problems: string[] = [];
  const settings = readSettings(createSettingsReader(environment, problems));
  return { settings, problems };
}

test('four settings are sufficient', () => {
  expect(read(needed)).toEqual({
    problems: [],
    settings: {
      url: 'http://127.0.0.1:13013/cgi-bin/sendsms',
      username: 'app',
      password: 'secret',
      webhookSecret: '0123456789abcdef',
    },
  });
});

test('reads the optional settings', () => {
  const { settings, problems } = read({
    ...needed,
    KANNEL_INBOUND_SECRET: 'abcdef0123456789-_',
    KANNEL_CALLBACK_URL: 'http://127.0.0.1:8080/webhooks/kannel',
    KANNEL_SMSC: 'OPERATOR 1',
  });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    inboundSecret: 'abcdef0123456789-_',
    callbackUrl: 'http://127.0.0.1:8080/webhooks/kannel',
    smsc: 'OPERATOR 1',
  });
});

test('names all missing settings at once', () => {
  expect(read({}).problems.toSorted()).toEqual([
    'KANNEL_PASSWORD is not set',
    'KANNEL_URL is not set',
    'KANNEL_USERNAME is not set',
    'KANNEL_WEBHOOK_SECRET is not set',
  ]);
});

test.for([
  ['KANNEL_URL', 'kannel', 'is not an address that begins with http:// or https://'],
  ['KANNEL_WEBHOOK_SECRET', '0123456789abcde', 'must have at least 16 characters'],
  ['KANNEL_INBOUND_SECRET', '0123456789abcde', 'must be at least 16 letters, digits, - and _'],
  ['KANNEL_INBOUND_SECRET', '0123456789abcde@', 'must be at least 16 letters, digits, - and _'],
  ['KANNEL_INBOUND_SECRET', '0123456789abcde%d', 'must be at least 16 letters, digits, - and _'],
  ['KANNEL_INBOUND_SECRET', needed.KANNEL_WEBHOOK_SECRET, 'must differ from KANNEL_WEBHOOK_SECRET'],
  ['KANNEL_CALLBACK_URL', 'here', 'must be an http or https address without a query, a fragment or a user name'],
  [
    'KANNEL_CALLBACK_URL',
    'ftp://example.com',
    'must be an http or https address without a query, a fragment or a user name',
  ],
  [
    'KANNEL_CALLBACK_URL',
    'https://example.com/?a=1',
    'must be an http or https address without a query, a fragment or a user name',
  ],
  [
    'KANNEL_CALLBACK_URL',
    'https://user:password@example.com/',
    'must be an http or https address without a query, a fragment or a user name',
  ],
  ['KANNEL_USERNAME', 'a\r\nb', 'must not have line breaks or other control characters'],
  ['KANNEL_PASSWORD', 'a\0b', 'must not have line breaks or other control characters'],
  ['KANNEL_SMSC', 'a\nb', 'must not have line breaks or other control characters'],
] as const)('refuses %s=%j, which %s', ([name, value, problem]) => {
  expect(read({ ...needed, [name]: value }).problems).toEqual([`${name} ${problem}`]);
});
