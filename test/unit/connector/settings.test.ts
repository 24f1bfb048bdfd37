import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { GeneratorError } from '../../../src/connector/generator-error.ts';
import { parseSettings } from '../../../src/connector/settings.ts';
import type { ConnectorSettings, OAuthSettings } from '../../../src/connector/settings.ts';
import { exampleSettings } from '../../support/samples/connector-settings.ts';

function complaintsAbout(settings: unknown): readonly string[] {
  try {
    parseSettings(typeof settings === 'string' ? settings : JSON.stringify(settings));
  } catch (error) {
    if (error instanceof GeneratorError) return error.complaints;
    throw error;
  }
  return [];
}

const otherProvider: OAuthSettings = {
  provider: 'oauth2',
  authorizationUrl: 'https://id.example.com/authorize',
  tokenUrl: 'https://id.example.com/token',
  refreshUrl: 'https://id.example.com/refresh',
  clientId: 'notes',
  scopes: ['Gateway.Send', 'offline_access'],
  redirectMode: 'GlobalPerConnector',
};

test.each<[string, Partial<ConnectorSettings>]>([
  ['Entra ID', {}],
  ['Entra ID by its name', { oauth: { provider: 'aad', ...exampleSettings.oauth } }],
  ['another provider', { oauth: otherProvider }],
  ['Entra ID or an API key', { apiKey: true }],
  ['another provider, and no API key', { oauth: otherProvider, apiKey: false }],
])('reads valid settings unchanged: %s', (_, change) => {
  const settings = { ...exampleSettings, ...change };
  expect(parseSettings(JSON.stringify(settings))).toStrictEqual(settings);
});

test('the settings in the repository hold placeholders for unknown values, and no secret', () => {
  const { host, website, privacyPolicy, contact, oauth } = parseSettings(
    readFileSync(join(import.meta.dirname, '../../../connector/settings.json'), 'utf8'),
  );
  const hosts = [website, privacyPolicy, contact.url].map((address) => new URL(address).hostname);
  for (const name of [host, ...hosts, contact.email]) expect(name).toMatch(/[.@]example\.com$/);
  expect(oauth).toEqual({
    provider: 'aad',
    loginUri: 'https://login.microsoftonline.com',
    tenantId: '00000000-0000-0000-0000-000000000000',
    clientId: '00000000-0000-0000-0000-000000000000',
    resourceUri: 'api://00000000-0000-0000-0000-000000000000',
    redirectMode: 'GlobalPerConnector',
  });
});

describe('names a setting that is not valid, and its rule', () => {
  const guid = 'must be a GUID in lower case';
  const https = 'must be an absolute https address';
  const words = 'must be words in plain letters and digits';
  const { contact, oauth } = exampleSettings;

  test.each<[string, unknown, string]>([
    ['title', { title: '' }, 'must be 1 to 30 letters, digits and blanks'],
    ['title', { title: 'A title of more than thirty signs' }, 'must be 1 to 30 letters, digits and blanks'],
    ['title', { title: 'Notes!' }, 'must be 1 to 30 letters, digits and blanks'],
    ['description', { description: 'Too short.' }, 'must be 30 to 500 ASCII characters'],
    ['description', { description: 'x'.repeat(501) }, 'must be 30 to 500 ASCII characters'],
    ['description', { description: 'Notes keeps what you write down – all.' }, 'must be 30 to 500 ASCII characters'],
    ['version', { version: 'v1' }, 'must be a version such as 1.0.0'],
    ['host', { host: 'https://notes.example.com' }, 'must be a host name without scheme, port or path'],
    ['host', { host: 'notes.example.com:443' }, 'must be a host name without scheme, port or path'],
    ['host', { host: 'localhost' }, 'must be a host name without scheme, port or path'],
    ['contact.name', { contact: { ...contact, name: '' } }, words],
    ['contact.url', { contact: { ...contact, url: '/help' } }, https],
    ['contact.email', { contact: { ...contact, email: 'help' } }, 'must be an email address'],
    ['website', { website: 'http://notes.example.com' }, https],
    ['privacyPolicy', { privacyPolicy: 'https://notes.example.com/a b' }, https],
    ['publisher', { publisher: 'Notes <Ltd>' }, words],
    ['stackOwner', { stackOwner: 7 }, words],
    ['oauth.loginUri', { oauth: { ...oauth, loginUri: 'login' } }, https],
    ['oauth.tenantId', { oauth: { ...oauth, tenantId: 'common' } }, guid],
    ['oauth.clientId', { oauth: { ...oauth, clientId: '' } }, guid],
    [
      'oauth.resourceUri',
      { oauth: { ...oauth, resourceUri: 'api://notes/' } },
      'must be an application ID URI such as api://<GUID>',
    ],
    ['oauth.redirectMode', { oauth: { ...oauth, redirectMode: 'Direct' } }, 'must be Global or GlobalPerConnector'],
    ['oauth.provider', { oauth: { ...oauth, provider: 'facebook' } }, 'must be aad or oauth2'],
    ['oauth.authorizationUrl', { oauth: { ...otherProvider, authorizationUrl: 'http://id.example.com' } }, https],
    ['oauth.tokenUrl', { oauth: { ...otherProvider, tokenUrl: '' } }, https],
    ['oauth.refreshUrl', { oauth: { ...otherProvider, refreshUrl: 5 } }, https],
    ['oauth.clientId', { oauth: { ...otherProvider, clientId: 'my notes' } }, 'must be a client id'],
    ['oauth.scopes', { oauth: { ...otherProvider, scopes: 'a b' } }, 'must be a list of scopes without blanks'],
    ['oauth.scopes', { oauth: { ...otherProvider, scopes: ['a b'] } }, 'must be a list of scopes without blanks'],
    ['oauth.redirectMode', { oauth: { ...otherProvider, redirectMode: '' } }, 'must be Global or GlobalPerConnector'],
    ['apiKey', { apiKey: 'true' }, 'must be true or false'],
  ])('%s %o', (key, change, must) => {
    expect(complaintsAbout({ ...exampleSettings, ...(change as object) })).toEqual([`${key} ${must}`]);
  });

  test.each([[[]], [['Data', 'AI', 'Security']], [['Stationery']], ['Data']])('categories %o', (categories) => {
    const [complaint, ...more] = complaintsAbout({ ...exampleSettings, categories });
    expect(complaint).toMatch(/^categories must be a list of one or two of: AI, Business Management, /);
    expect(more).toEqual([]);
  });

  test.each(['#ffffff', '#007ee5', '#ABCDEF', 'teal'])('iconBrandColor %s', (iconBrandColor) => {
    expect(complaintsAbout({ ...exampleSettings, iconBrandColor })).toEqual([
      "iconBrandColor must be a colour such as #1f6f78 in lower case, neither white nor the platform's own #007ee5",
    ]);
  });

  test('a missing key, and an unknown one', () => {
    const { host: _, ...rest } = exampleSettings;
    expect(complaintsAbout({ ...rest, oauth: { ...oauth, clientSecret: 'x' } })).toEqual([
      'host is missing: it must be a host name without scheme, port or path',
      'oauth.clientSecret is not a setting',
    ]);
  });

  test('a setting of the other provider', () => {
    const { tenantId, loginUri } = oauth;
    const complaints = complaintsAbout({ ...exampleSettings, oauth: { ...otherProvider, tenantId } });
    expect(complaints).toEqual(['oauth.tenantId is not a setting']);
    const { refreshUrl: _, ...incomplete } = otherProvider;
    expect(complaintsAbout({ ...exampleSettings, oauth: { ...incomplete, loginUri } })).toEqual([
      `oauth.refreshUrl is missing: it ${https}`,
      'oauth.loginUri is not a setting',
    ]);
  });

  test('a text that holds no settings at all', () => {
    expect(complaintsAbout('{')).toEqual([expect.stringMatching(/^the settings are not valid JSON: /)]);
    for (const text of ['[]', '"settings"', 'null']) {
      const complaints = complaintsAbout(text);
      expect(complaints).toHaveLength(18);
      expect(complaints.filter((complaint) => !complaint.includes(' is missing: it must '))).toEqual([]);
    }
  });
});
