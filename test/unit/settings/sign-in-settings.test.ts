import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { entraIssuers } from '../../../src/auth/trusted-issuers.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';

const others = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  PUBLIC_URL: 'https://api.example.com/api-integrations/v1',
  DIRECTORY_FILE: join(import.meta.dirname, '../../../src/local/demo-directory.json'),
  SIMULATED_CARRIER_URL: 'http://127.0.0.1:7073',
  SIMULATED_CARRIER_KEY: 'key',
  SIMULATED_CARRIER_SECRET: 'secret',
};
const tenant = '11111111-1111-4111-8111-111111111111';
const secondTenant = '2222bbbb-2222-4222-8222-222222222222';
const entra = { ENTRA_TENANTS: tenant, ENTRA_AUDIENCES: 'api://smartdialog' };
const provider = {
  TOKEN_ISSUER: 'https://id.example.com/',
  TOKEN_AUDIENCE: 'smartdialog',
  TOKEN_JWKS_URL: 'https://id.example.com/keys',
};
const providersIssuer = {
  issuer: 'https://id.example.com/',
  audiences: ['smartdialog'],
  jwksUrl: 'https://id.example.com/keys',
};
const microsoft = 'https://login.microsoftonline.com';

const noIssuer = [
  'TOKEN_ISSUER is not set: it is required without ENTRA_TENANTS and API_KEYS_ONLY',
  'TOKEN_AUDIENCE is not set: it is required with TOKEN_ISSUER',
  'TOKEN_JWKS_URL is not set: it is required with TOKEN_ISSUER',
];

describe('tokens are accepted', () => {
  test.each<[string, Record<string, string>, ReturnType<typeof readSettings>['token']]>([
    ['of a tenant', entra, { issuers: entraIssuers([tenant], ['api://smartdialog'], microsoft), clientIds: [] }],
    [
      'of several tenants, for several applications, in another cloud',
      {
        ENTRA_TENANTS: ` ${tenant} ,${secondTenant.toUpperCase()},`,
        ENTRA_AUDIENCES: 'api://smartdialog, smartdialog',
        ENTRA_AUTHORITY: 'https://login.example.us/',
        TOKEN_CLIENT_IDS: 'one, two',
      },
      {
        issuers: entraIssuers([tenant, secondTenant], ['api://smartdialog', 'smartdialog'], 'https://login.example.us'),
        clientIds: ['one', 'two'],
      },
    ],
    ['of another provider', provider, { issuers: [providersIssuer], clientIds: [] }],
    [
      'of another provider, if the other settings are empty',
      { ...provider, ENTRA_TENANTS: ' ', ENTRA_AUDIENCES: '', ENTRA_AUTHORITY: '', TOKEN_CLIENT_IDS: '' },
      { issuers: [providersIssuer], clientIds: [] },
    ],
    [
      'of a tenant, if the other settings are empty',
      { ...entra, TOKEN_ISSUER: '', TOKEN_AUDIENCE: '', TOKEN_JWKS_URL: '', ENTRA_AUTHORITY: ' ' },
      { issuers: entraIssuers([tenant], ['api://smartdialog'], microsoft), clientIds: [] },
    ],
    [
      'of a tenant and another provider',
      { ...entra, ...provider },
      { issuers: [...entraIssuers([tenant], ['api://smartdialog'], microsoft), providersIssuer], clientIds: [] },
    ],
    ['of nobody, if every caller needs an API key', { API_KEYS_ONLY: 'true' }, { issuers: [], clientIds: [] }],
  ])('%s', (_, given, token) => {
    expect(readSettings({ ...others, ...given }).token).toStrictEqual(token);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['no issuer', {}, noIssuer],
    ['no issuer, and API_KEYS_ONLY other than true', { API_KEYS_ONLY: 'yes' }, noIssuer],
    [
      'a tenant that is a word',
      { ...entra, ENTRA_TENANTS: 'common' },
      ["ENTRA_TENANTS names 'common', which is not a tenant id: give GUIDs"],
    ],
    [
      'a tenant and a letter',
      { ...entra, ENTRA_TENANTS: `${tenant},x` },
      ["ENTRA_TENANTS names 'x', which is not a tenant id: give GUIDs"],
    ],
    [
      'a tenant without an audience',
      { ENTRA_TENANTS: tenant },
      ['ENTRA_AUDIENCES is not set: it is required with ENTRA_TENANTS'],
    ],
    [
      'a sign-in address that is not an address',
      { ...entra, ENTRA_AUTHORITY: 'login' },
      ['ENTRA_AUTHORITY is not an address that begins with http:// or https://'],
    ],
    ['a tenant and half of another provider', { ...entra, TOKEN_ISSUER: 'x' }, noIssuer.slice(1)],
    [
      'API keys only, and a tenant',
      { ...entra, API_KEYS_ONLY: 'true' },
      ['API_KEYS_ONLY is true, but ENTRA_TENANTS or'],
    ],
    [
      'API keys only, and another provider',
      { ...provider, API_KEYS_ONLY: 'true' },
      ['API_KEYS_ONLY is true, but ENTRA_TENANTS or'],
    ],
  ])('the settings are refused: %s', (_, given, problems) => {
    const read = () => readSettings({ ...others, ...given });
    expect(read).toThrow(new RegExp(`^The app can't start:(?:\\n- .*){${problems.length}}$`));
    for (const problem of problems) expect(read).toThrow(`\n- ${problem}`);
  });
});
