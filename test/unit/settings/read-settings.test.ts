import { describe, expect, test } from 'vitest';

import { readCallbackSecret, readSettings } from '../../../src/settings/read-settings.ts';
import { parseDirectory } from '../../support/tools/parse-directory.ts';

const complete = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  TOKEN_ISSUER: 'https://login.example.com/',
  TOKEN_AUDIENCE: 'api://smartdialog',
  TOKEN_JWKS_URL: 'https://login.example.com/keys',
  PUBLIC_URL: 'https://api.example.com/api-integrations/v1/',
  SIMULATED_CARRIER_URL: 'http://127.0.0.1:7073',
  SIMULATED_CARRIER_KEY: 'key',
  SIMULATED_CARRIER_SECRET: 'secret',
};

describe('settings', () => {
  test('are read, addresses without a slash at the end', () => {
    expect(readSettings(complete)).toEqual({
      storage: { connectionString: 'UseDevelopmentStorage=true' },
      messageStorage: [],
      token: {
        issuers: [
          {
            issuer: 'https://login.example.com/',
            audiences: ['api://smartdialog'],
            jwksUrl: 'https://login.example.com/keys',
          },
        ],
        clientIds: [],
      },
      publicUrl: 'https://api.example.com/api-integrations/v1',
      callsPerMinute: 100,
      fallbackAfterSeconds: 3600,
      keysByTracking: true,
      repairAfterSeconds: 300,
      reportTimeoutSeconds: 172_800,
      threadHours: 24,
      attachmentLimit: 16_000_000,
      attachmentHours: 168,
      retentionDays: 90,
      callbacks: { allowLoopback: false, allowedHosts: [] },
      notificationSchedule: { delaysSeconds: [5, 15, 60, 300, 1800, 3600], giveUpAfterSeconds: 86_400 },
      entraAuthority: 'https://login.microsoftonline.com',
      carriers: [{ name: 'simulated', create: expect.any(Function) as () => never }],
      carrierRates: new Map(),
    });
  });

  test('name storage by account or endpoints, where the connection string is empty', () => {
    const { storage } = readSettings({
      ...complete,
      AzureWebJobsStorage: '',
      AzureWebJobsStorage__accountName: 'account',
      AzureWebJobsStorage__queueServiceUri: 'https://queues.example.com/',
      AzureWebJobsStorage__clientId: 'identity',
    });
    expect(storage).toEqual({
      tableUrl: 'https://account.table.core.windows.net',
      queueUrl: 'https://queues.example.com',
      blobUrl: 'https://account.blob.core.windows.net',
      identityClientId: 'identity',
    });
  });

  const endpoints = {
    AzureWebJobsStorage: '',
    AzureWebJobsStorage__tableServiceUri: 'https://tables.example.com',
    AzureWebJobsStorage__queueServiceUri: 'https://queues.example.com/',
    AzureWebJobsStorage__blobServiceUri: 'https://blobs.example.com/',
  };

  test('name further storage accounts for messages, in their order', () => {
    const { messageStorage } = readSettings({
      ...complete,
      MESSAGE_STORAGE_2__accountName: 'second',
      MESSAGE_STORAGE_1: 'AccountName=first',
    });
    expect(messageStorage).toMatchObject([
      ['MESSAGE_STORAGE_1', { connectionString: 'AccountName=first' }],
      ['MESSAGE_STORAGE_2', { tableUrl: 'https://second.table.core.windows.net' }],
    ]);
  });

  test('switch off keys made of tracking headers, and set leases, where they say so', () => {
    expect(readSettings({ ...complete, IDEMPOTENCY_BY_TRACKING: 'false' }).keysByTracking).toBe(false);
    expect(readSettings({ ...complete, LEASE_SECONDS: '5' }).leaseSeconds).toBe(5);
    expect(readSettings({ ...complete, FAILPOINT: 'send.claimed:2' }).failpoint).toEqual({
      name: 'send.claimed',
      hit: 2,
    });
  });

  test('name storage by endpoints alone', () => {
    expect(readSettings({ ...complete, ...endpoints }).storage).toEqual({
      tableUrl: 'https://tables.example.com',
      queueUrl: 'https://queues.example.com',
      blobUrl: 'https://blobs.example.com',
    });
  });

  test('allow the simulated carrier in Azure only where that is asked for', () => {
    const inAzure = { ...complete, WEBSITE_SITE_NAME: 'app' };
    expect(() => readSettings(inAzure)).toThrow('ALLOW_SIMULATED_CARRIER=true');
    expect(() => readSettings({ ...inAzure, ALLOW_SIMULATED_CARRIER: 'yes' })).toThrow('ALLOW_SIMULATED_CARRIER=true');
    expect(readSettings({ ...inAzure, ALLOW_SIMULATED_CARRIER: 'true' }).fallbackAfterSeconds).toBe(3600);
  });

  test.each([
    [{ AzureWebJobsStorage: 'nonsense' }, 'AzureWebJobsStorage is not a connection string'],
    [{ AzureWebJobsStorage: ' ' }, 'AzureWebJobsStorage is not set'],
    ...['table', 'queue', 'blob'].flatMap((service): [object, string][] => {
      const name = `AzureWebJobsStorage__${service}ServiceUri`;
      return [
        [{ ...endpoints, [name]: ' ' }, `${name} is not set, nor AzureWebJobsStorage__accountName`],
        [{ ...endpoints, [name]: 'account' }, `${name} is not an address`],
      ];
    }),
    [{ TOKEN_AUDIENCE: ' ' }, 'TOKEN_AUDIENCE is not set'],
    [{ TOKEN_JWKS_URL: 'keys' }, 'TOKEN_JWKS_URL is not an http(s) address'],
    [{ RETENTION_DAYS: '6' }, 'ATTACHMENT_HOURS is longer than RETENTION_DAYS, after which attachments are deleted'],
    [{ PUBLIC_URL: 'ftp://x' }, 'PUBLIC_URL is not an http(s) address'],
    [{ CALLS_PER_MINUTE: '0' }, 'CALLS_PER_MINUTE is not a whole number from 1 to 100000'],
    [{ SMS_FALLBACK_AFTER_SECONDS: '0' }, 'SMS_FALLBACK_AFTER_SECONDS is not a whole number from 1 to 518400'],
    [{ SMS_FALLBACK_AFTER_SECONDS: '1.5' }, 'SMS_FALLBACK_AFTER_SECONDS'],
    [{ REPORT_TIMEOUT_SECONDS: '3600' }, 'SMS_FALLBACK_AFTER_SECONDS is not less than REPORT_TIMEOUT_SECONDS'],
    [{ REPORT_TIMEOUT_SECONDS: '604801' }, 'REPORT_TIMEOUT_SECONDS is not a whole number from 1 to 604800'],
    [{ REPAIR_AFTER_SECONDS: '0' }, 'REPAIR_AFTER_SECONDS is not a whole number from 1 to 86400'],
    [{ LEASE_SECONDS: 'x' }, 'LEASE_SECONDS is not a whole number from 1 to 3600'],
    [{ WEBSITE_SITE_NAME: 'app', LEASE_SECONDS: '59' }, 'LEASE_SECONDS is less than 60'],
    [{ FAILPOINT: 'nowhere' }, 'FAILPOINT is for tests on this machine'],
    [{ WEBSITE_SITE_NAME: 'app', FAILPOINT: 'send.claimed' }, 'FAILPOINT is for tests on this machine'],
    [{ MESSAGE_STORAGE_1: 'nonsense' }, 'MESSAGE_STORAGE_1 is not a connection string'],
    [{ MESSAGE_STORAGE_1__accountName: ' ' }, 'MESSAGE_STORAGE_1 is not set, nor MESSAGE_STORAGE_1__accountName'],
    [
      { MESSAGE_STORAGE_1: 'AccountName=a', MESSAGE_STORAGE_3: 'AccountName=c' },
      'MESSAGE_STORAGE_3 is set, but MESSAGE_STORAGE_2 is not',
    ],
  ])('%j is refused', (change, problem) => {
    expect(() => readSettings({ ...complete, ...change })).toThrow(problem);
  });
});

describe('a directory', () => {
  const customer = { id: 'c', name: 'C' };

  test('has Finland, UTC and no rights where it says nothing', () => {
    const services = [{ id: 's', name: 'S', type: 'OneWay' }];
    expect(parseDirectory(JSON.stringify({ customers: [{ ...customer, services }], users: [] }))).toEqual({
      customers: [
        {
          ...customer,
          region: 'FI',
          timeZone: 'UTC',
          services: [{ id: 's', name: 'S', type: 'OneWay', senders: [], allowsReplies: false }],
          whatsappIdentities: [],
        },
      ],
      users: [],
    });
  });

  test.each([
    ['{', 'not valid JSON'],
    ['[]', 'no JSON object'],
    ['{}', 'customers is no list'],
    [JSON.stringify({ customers: [customer] }), 'users is no list'],
    [JSON.stringify({ customers: [{ name: 'C' }], users: [] }), 'customers[0].id is missing'],
    [JSON.stringify({ customers: [{ ...customer, region: 'Finland' }], users: [] }), 'customers[0].region'],
    [JSON.stringify({ customers: [{ ...customer, timeZone: 'Mars/Base' }], users: [] }), 'customers[0].timeZone'],
    [
      JSON.stringify({ customers: [{ ...customer, services: [{ id: 's', name: 'S', type: 'X' }] }], users: [] }),
      'services[0].type',
    ],
    [
      JSON.stringify({
        customers: [{ ...customer, services: [{ id: 's', name: 'S', type: 'Group', senders: [1] }] }],
        users: [],
      }),
      'services[0].senders',
    ],
    [JSON.stringify({ customers: [], users: [{ id: 'u', name: 'U' }] }), 'users[0].customerIds'],
  ])('%s is refused with its place', (text, problem) => {
    expect(() => parseDirectory(text)).toThrow(problem);
  });
});

test.each([
  ['s3cret', 's3cret'],
  [' s3cret\n', 's3cret'],
  ['', undefined],
  ['  ', undefined],
  [undefined, undefined],
  // What the platform leaves in place where it can't read the vault.
  ['@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)', undefined],
])("a callback's secret is read from %j as %j", (value, secret) => {
  expect(readCallbackSecret({ CALLBACK_SECRET_DEMO: value }, 'CALLBACK_SECRET_DEMO')).toBe(secret);
});
