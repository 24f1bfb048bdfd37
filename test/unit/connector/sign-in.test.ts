import { describe, expect, test } from 'vitest';

import { createApiProperties } from '../../../src/connector/create/api-properties.ts';
import { createDefinition } from '../../../src/connector/create/document.ts';
import type { ApiProperties, ParameterSets, SignInParameters } from '../../../src/connector/create/types.ts';
import type { ConnectorSettings, OAuthSettings } from '../../../src/connector/settings.ts';
import { scopes } from '../../../src/operation/scopes.ts';
import { operations } from '../../../src/operations.ts';
import { exampleSettings } from '../../support/samples/connector-settings.ts';
import { productNames } from '../../support/samples/connector-rules/metadata.ts';

const otherProvider: OAuthSettings = {
  provider: 'oauth2',
  authorizationUrl: 'https://id.example.com/authorize',
  tokenUrl: 'https://id.example.com/token',
  refreshUrl: 'https://id.example.com/refresh',
  clientId: 'notes',
  scopes: ['Gateway.Send', 'offline_access'],
  redirectMode: 'GlobalPerConnector',
};
const withOther: ConnectorSettings = { ...exampleSettings, oauth: otherProvider };
const byEntra = (settings: ConnectorSettings, purpose: 'create' | 'update'): SignInParameters =>
  createApiProperties({ ...settings, apiKey: false }, purpose).properties.connectionParameters as SignInParameters;

const signInWithOther = (redirect: object): SignInParameters => ({
  token: {
    type: 'oauthSetting',
    oAuthSettings: {
      identityProvider: 'oauth2',
      clientId: 'notes',
      scopes: ['Gateway.Send', 'offline_access'],
      ...redirect,
      properties: { IsFirstParty: 'False' },
      customParameters: {
        authorizationUrl: { value: 'https://id.example.com/authorize' },
        tokenUrl: { value: 'https://id.example.com/token' },
        refreshUrl: { value: 'https://id.example.com/refresh' },
      },
    },
    uiDefinition: {
      displayName: 'Sign in',
      description: 'Sign in with your account.',
      tooltip: 'Sign in with the account that may use Notes.',
      constraints: { required: 'true' },
    },
  },
});

describe('with another provider', () => {
  test.each<['create' | 'update', object]>([
    ['create', {}],
    ['update', { redirectMode: 'GlobalPerConnector' }],
  ])('the properties to %s name its addresses, and no tenant', (purpose, redirect) => {
    const ours = createApiProperties(exampleSettings, purpose).properties;
    expect(createApiProperties(withOther, purpose)).toStrictEqual<ApiProperties>({
      properties: { ...ours, connectionParameters: signInWithOther(redirect) },
    });
  });

  test('the properties name the common redirect address', () => {
    const settings = { ...withOther, oauth: { ...otherProvider, redirectMode: 'Global' as const } };
    expect(createApiProperties(settings, 'create').properties.connectionParameters).toStrictEqual(
      signInWithOther({ redirectMode: 'Global' }),
    );
  });

  test('the definition names its addresses, and is otherwise the same', () => {
    const { securityDefinitions: _, ...rest } = createDefinition(operations, exampleSettings);
    expect(createDefinition(operations, withOther)).toStrictEqual({
      ...rest,
      securityDefinitions: {
        'oauth2-auth': {
          type: 'oauth2',
          flow: 'accessCode',
          authorizationUrl: 'https://id.example.com/authorize',
          tokenUrl: 'https://id.example.com/token',
          scopes,
        },
      },
    });
  });
});

describe.each<[string, ConnectorSettings, string]>([
  ['Entra ID', exampleSettings, 'Sign in with your work or school account.'],
  ['another provider', withOther, 'Sign in with your account.'],
])('with %s or an API key', (_, settings, sentence) => {
  const both = { ...settings, apiKey: true };

  test.each(['create', 'update'] as const)('the properties to %s have a set for each, and no others', (purpose) => {
    const { properties } = createApiProperties(both, purpose);
    expect(properties.connectionParameterSets).toStrictEqual<ParameterSets>({
      uiDefinition: { displayName: 'Way to sign in', description: 'How this connection signs in to Notes.' },
      values: [
        {
          name: 'oauth',
          uiDefinition: { displayName: 'Account', description: sentence },
          parameters: byEntra(settings, purpose),
        },
        {
          name: 'api-key',
          uiDefinition: { displayName: 'API key', description: 'Use a key that your administrator gave you.' },
          parameters: {
            api_key: {
              type: 'securestring',
              uiDefinition: {
                displayName: 'API key',
                description: 'Use a key that your administrator gave you.',
                tooltip: 'The key that your administrator made for Notes; it begins with sdk_.',
                constraints: { required: 'true', clearText: false },
                schema: { type: 'securestring', description: 'Use a key that your administrator gave you.' },
              },
            },
          },
        },
      ],
    });
    expect(properties).not.toHaveProperty('connectionParameters');
    expect(JSON.stringify(properties)).not.toMatch(productNames);
  });

  test('a policy puts the key into its header', () => {
    const [version, key, ...more] = createApiProperties(both, 'create').properties.policyTemplateInstances;
    expect([version, ...more]).toEqual(createApiProperties(settings, 'create').properties.policyTemplateInstances);
    expect(key).toEqual({
      templateId: 'setheader',
      title: 'Send the key of the connection',
      parameters: {
        'x-ms-apimTemplateParameter.name': 'X-API-Key',
        'x-ms-apimTemplateParameter.value': "@connectionParameters('api_key','')",
        'x-ms-apimTemplateParameter.existsAction': 'override',
        'x-ms-apimTemplate-policySection': 'Request',
      },
    });
  });

  test('the definition has both ways, and every operation accepts either', () => {
    const alone = createDefinition(operations, settings);
    const definition = createDefinition(operations, both);
    expect(definition.securityDefinitions).toStrictEqual({
      ...alone.securityDefinitions,
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
    expect(definition.security).toEqual([...alone.security, { apiKey: [] }]);
    const securities = ({ paths }: typeof definition) =>
      Object.entries(paths).flatMap(([path, item]) =>
        (['get', 'post', 'put', 'delete'] as const).map((method) => [path, method, item[method]?.security] as const),
      );
    expect(securities(definition)).toEqual(
      securities(alone).map(([path, method, security]) => [path, method, security && [...security, { apiKey: [] }]]),
    );
  });
});
