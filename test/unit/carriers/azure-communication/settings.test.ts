import { describe, expect, test } from 'vitest';
import { accessKey, channel, settingsFrom, webhookSecret } from '../../../support/labs/carriers/azure-communication.ts';

const connection = `endpoint=https://contoso.communication.azure.com/;accesskey=${accessKey}`;
const good = { ACS_CONNECTION_STRING: connection, ACS_WEBHOOK_SECRET: webhookSecret };

describe('valid settings', () => {
  test('a connection string, channels and a secret', () => {
    const environment = { ...good, ACS_CHANNELS: `358401000001=${channel.toUpperCase()},+358401000002=${channel}` };
    expect(settingsFrom(environment)).toEqual({
      settings: {
        endpoint: 'https://contoso.communication.azure.com',
        accessKey,
        channels: new Map([
          ['358401000001', channel],
          ['358401000002', channel],
        ]),
        webhook: { secret: webhookSecret },
      },
      problems: [],
    });
  });

  test('an endpoint for the managed identity, and a webhook protected by Entra ID', () => {
    const environment = { ACS_ENDPOINT: 'https://a.example', ACS_WEBHOOK_TENANT: 't', ACS_WEBHOOK_AUDIENCE: 'api://a' };
    expect(settingsFrom(environment)).toEqual({
      settings: { endpoint: 'https://a.example', channels: new Map(), webhook: { tenant: 't', audience: 'api://a' } },
      problems: [],
    });
  });

  test.for([
    `ENDPOINT=https://a.example;ACCESSKEY=${accessKey}`,
    ` endpoint=https://a.example/;accesskey=${accessKey}; `,
  ])('a connection string in another notation: %s', (text) => {
    const { settings, problems } = settingsFrom({ ...good, ACS_CONNECTION_STRING: text });
    expect(settings).toMatchObject({ endpoint: 'https://a.example', accessKey });
    expect(problems).toEqual([]);
  });
});

describe('problems', () => {
  test.for<[string, Record<string, string>, RegExp]>([
    ['neither connection string nor endpoint', { ACS_WEBHOOK_SECRET: webhookSecret }, /^ACS_ENDPOINT/],
    ['both', { ...good, ACS_ENDPOINT: 'https://a.example' }, /^ACS_ENDPOINT must be left out/],
    ['a connection string without key', { ...good, ACS_CONNECTION_STRING: 'endpoint=https://a.example' }, /^ACS_CONN/],
    [
      'a connection string whose key is not Base64',
      { ...good, ACS_CONNECTION_STRING: 'endpoint=https://a.example;accesskey=%' },
      /^ACS_CONN/,
    ],
    [
      'a connection string whose endpoint is no address',
      { ...good, ACS_CONNECTION_STRING: 'endpoint=a;accesskey=YQ==' },
      /^ACS_CONN/,
    ],
    ['a channel that is not a UUID', { ...good, ACS_CHANNELS: '358401000001=main' }, /^ACS_CHANNELS/],
    ['a channel for a name instead of a number', { ...good, ACS_CHANNELS: `Example=${channel}` }, /^ACS_CHANNELS/],
    ['an unprotected webhook', { ACS_CONNECTION_STRING: connection }, /^ACS_WEBHOOK_SECRET must be set, or/],
    ['a short secret', { ...good, ACS_WEBHOOK_SECRET: '123456789012345' }, /^ACS_WEBHOOK_SECRET must have at least 16/],
    [
      'a secret with characters that an address must encode',
      { ...good, ACS_WEBHOOK_SECRET: '1234567890123456+' },
      /^ACS_WEBHOOK_SECRET must have/,
    ],
    ['a secret and a tenant', { ...good, ACS_WEBHOOK_TENANT: 't' }, /^ACS_WEBHOOK_SECRET must be left out/],
    ['a tenant alone', { ACS_CONNECTION_STRING: connection, ACS_WEBHOOK_TENANT: 't' }, /^ACS_WEBHOOK_AUDIENCE/],
    ['an audience alone', { ACS_CONNECTION_STRING: connection, ACS_WEBHOOK_AUDIENCE: 'a' }, /^ACS_WEBHOOK_TENANT/],
  ])('%s', ([, environment, problem]) => {
    const { problems } = settingsFrom(environment);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('no problem contains the key', () => {
    const { problems } = settingsFrom({ ...good, ACS_CONNECTION_STRING: `endpoint=;accesskey=${accessKey}` });
    expect(problems.join()).not.toContain(accessKey);
  });
});
