import { describe, expect, test } from 'vitest';

import { readCallbackSecret } from '../../../src/settings/callback-settings.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
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
  test('are read, and slashes at the end of addresses removed', () => {
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
      leases: { send: 120, dlr: 120, flow: 60 },
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

  test('name storage by account or endpoints, if the connection string is empty', () => {
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

  test('can switch off keys from tracking headers, and set leases and a failpoint', () => {
    expect(readSettings({ ...complete, IDEMPOTENCY_BY_TRACKING: 'false' }).keysByTracking).toBe(false);
    expect(readSettings({ ...complete, LEASE_SECONDS: '5' }).leases).toEqual({ send: 5, dlr: 5, flow: 5 });
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

  test('allow the simulated carrier in Azure only with ALLOW_SIMULATED_CARRIER=true', () => {
    const inAzure = { ...complete, WEBSITE_SITE_NAME: 'app' };
    expect(() => readSettings(inAzure)).toThrow('ALLOW_SIMULATED_CARRIER=true');
    for (const word of ['yes', ' true', 'TRUE', ''])
      expect(() => readSettings({ ...inAzure, ALLOW_SIMULATED_CARRIER: word })).toThrow('ALLOW_SIMULATED_CARRIER=true');
    // An empty name is a name: what is refused in Azure must not be let in by it.
    expect(() => readSettings({ ...inAzure, WEBSITE_SITE_NAME: '' })).toThrow('ALLOW_SIMULATED_CARRIER=true');
    expect(readSettings({ ...inAzure, ALLOW_SIMULATED_CARRIER: 'true' }).fallbackAfterSeconds).toBe(3600);
  });

  test.each([
    [
      { AzureWebJobsStorage: 'nonsense' },
      'AzureWebJobsStorage is not a connection string of a storage account: it has no AccountName=… and no Table',
    ],
    [
      { AzureWebJobsStorage: ' ' },
      'AzureWebJobsStorage is not set: give a connection string, or name the account in AzureWebJobsStorage__accountName',
    ],
    ...['table', 'queue', 'blob'].flatMap((service): [object, string][] => {
      const name = `AzureWebJobsStorage__${service}ServiceUri`;
      return [
        [
          { ...endpoints, [name]: ' ' },
          `${name} is not set: give the address, or name the account in AzureWebJobsStorage__accountName`,
        ],
        [
          { ...endpoints, [name]: 'account' },
          `${name} is not an address such as https://ACCOUNT.${service}.core.windows.net`,
        ],
      ];
    }),
    [{ TOKEN_AUDIENCE: ' ' }, 'TOKEN_AUDIENCE is not set: it is required with TOKEN_ISSUER'],
    [{ TOKEN_JWKS_URL: 'keys' }, 'TOKEN_JWKS_URL is not an address that begins with http:// or https://'],
    [
      { RETENTION_DAYS: '6' },
      'ATTACHMENT_HOURS must not be longer than RETENTION_DAYS: attachments are deleted after that',
    ],
    [{ PUBLIC_URL: 'ftp://x' }, 'PUBLIC_URL is not an address that begins with http:// or https://'],
    [{ CALLS_PER_MINUTE: '0' }, "CALLS_PER_MINUTE must be a whole number of calls from 1 to 100000, not '0'"],
    [
      { SMS_FALLBACK_AFTER_SECONDS: '0' },
      "SMS_FALLBACK_AFTER_SECONDS must be a whole number of seconds from 1 to 518400, not '0'",
    ],
    [{ SMS_FALLBACK_AFTER_SECONDS: '1.5' }, 'SMS_FALLBACK_AFTER_SECONDS'],
    [{ CALLBACK_HOSTS: 'example.com, x' }, "CALLBACK_HOSTS names 'x', which is not a host name"],
    [
      { NOTIFICATION_RETRY_SECONDS: '5,,60' },
      "NOTIFICATION_RETRY_SECONDS must be whole numbers of seconds from 1 to 86400, separated by commas, not '5,,60'",
    ],
    [{ WEBSITE_SITE_NAME: 'app', ALLOW_LOOPBACK_CALLBACKS: 'true' }, 'ALLOW_LOOPBACK_CALLBACKS is for local runs'],
    [
      { REPORT_TIMEOUT_SECONDS: '3600' },
      'SMS_FALLBACK_AFTER_SECONDS must be less than REPORT_TIMEOUT_SECONDS: no fallback is sent after that',
    ],
    [
      { REPORT_TIMEOUT_SECONDS: '604801' },
      "REPORT_TIMEOUT_SECONDS must be a whole number of seconds from 1 to 604800, not '604801'",
    ],
    [{ REPAIR_AFTER_SECONDS: '0' }, "REPAIR_AFTER_SECONDS must be a whole number of seconds from 1 to 86400, not '0'"],
    [{ LEASE_SECONDS: 'x' }, "LEASE_SECONDS must be a whole number of seconds from 1 to 3600, not 'x'"],
    [{ WEBSITE_SITE_NAME: 'app', LEASE_SECONDS: '59' }, 'LEASE_SECONDS must be at least 60 in Azure, not 59'],
    [
      { FAILPOINT: 'nowhere' },
      "FAILPOINT must name a failpoint, such as send.claimed or send.claimed:3, not 'nowhere'",
    ],
    [{ WEBSITE_SITE_NAME: 'app', FAILPOINT: 'send.claimed' }, 'FAILPOINT is for tests on your own machine'],
    [{ MESSAGE_STORAGE_1: 'nonsense' }, 'MESSAGE_STORAGE_1 is not a connection string'],
    [
      { MESSAGE_STORAGE_1__accountName: ' ' },
      'MESSAGE_STORAGE_1 is not set: give a connection string, or name the account in MESSAGE_STORAGE_1__accountName',
    ],
    [
      { MESSAGE_STORAGE_1: 'AccountName=a', MESSAGE_STORAGE_3: 'AccountName=c' },
      'MESSAGE_STORAGE_3 is set, but MESSAGE_STORAGE_2 is not: leave no gap, since message ids hold these numbers',
    ],
  ])('%j is refused', (change, problem) => {
    expect(() => readSettings({ ...complete, ...change })).toThrow(problem);
  });
});

describe('a directory', () => {
  const customer = { id: 'c', name: 'C' };

  test('has defaults: the region Finland, UTC, and no senders or replies', () => {
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
    ['[]', 'not a JSON object'],
    ['{}', 'customers is not a list'],
    [JSON.stringify({ customers: [customer] }), 'users is not a list'],
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
  ])('%s is refused, and the error names the place', (text, problem) => {
    expect(() => parseDirectory(text)).toThrow(problem);
  });
});

test.each([
  ['s3cret', 's3cret'],
  [' s3cret\n', 's3cret'],
  ['', undefined],
  ['  ', undefined],
  [undefined, undefined],
  // The platform leaves the reference in the setting if it can't read the key vault.
  ['@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)', undefined],
])("a callback's secret is read from %j as %j", (value, secret) => {
  expect(readCallbackSecret({ CALLBACK_SECRET_DEMO: value }, 'CALLBACK_SECRET_DEMO')).toBe(secret);
});
