import { scopes } from '../../operation/scopes.ts';
import type { ConnectorSettings, EntraSettings, OAuthSettings } from '../settings.ts';
import type { KeyParameter, ParameterSets, SignIn, SignInParameters, TenantParameter } from './types.ts';

/** Which command of Power Platform's tools the properties are for. */
export type Purpose = 'create' | 'update';

/** Writes the connection parameters for makers who can sign in in only one way. */
export function createSignInParameters(settings: ConnectorSettings, purpose: Purpose): SignInParameters {
  const { title, oauth } = settings;
  const token: SignIn = {
    type: 'oauthSetting',
    oAuthSettings: createOAuthSettings(oauth, purpose),
    uiDefinition: {
      displayName: 'Sign in',
      description: signInSentence(oauth),
      tooltip: `Sign in with the account that may use ${title}.`,
      constraints: { required: 'true' },
    },
  };
  return oauth.provider === 'oauth2' ? { token } : { token, 'token:TenantId': tenantParameter };
}

/**
 * Writes the two ways between which a maker chooses: signing in, or an API key. Designers show no other connection
 * parameters beside sets, so none are written.
 */
export function createParameterSets(settings: ConnectorSettings, purpose: Purpose): ParameterSets {
  const { title, oauth } = settings;
  return {
    uiDefinition: { displayName: 'Way to sign in', description: `How this connection signs in to ${title}.` },
    values: [
      {
        name: 'oauth',
        uiDefinition: { displayName: 'Account', description: signInSentence(oauth) },
        parameters: createSignInParameters(settings, purpose),
      },
      {
        name: 'api-key',
        uiDefinition: { displayName: 'API key', description: keySentence },
        parameters: { api_key: createKeyParameter(title) },
      },
    ],
  };
}

/**
 * Writes the settings of OAuth 2.0. Only the variant for updates has `GlobalPerConnector`: an update with this word
 * moves a connector from the common redirect address to its own. A new connector gets its own address in any case, and
 * Microsoft's published schema of the file doesn't know the word.
 */
function createOAuthSettings(oauth: EntraSettings | OAuthSettings, purpose: Purpose): SignIn['oAuthSettings'] {
  const { clientId, redirectMode } = oauth;
  const redirect = redirectMode === 'GlobalPerConnector' && purpose === 'create' ? {} : { redirectMode };
  if (oauth.provider === 'oauth2') {
    const { authorizationUrl, tokenUrl, refreshUrl } = oauth;
    return {
      identityProvider: 'oauth2',
      clientId,
      scopes: [...oauth.scopes],
      ...redirect,
      properties: { IsFirstParty: 'False' },
      customParameters: {
        authorizationUrl: { value: authorizationUrl },
        tokenUrl: { value: tokenUrl },
        refreshUrl: { value: refreshUrl },
      },
    };
  }
  const { resourceUri, loginUri, tenantId } = oauth;
  return {
    identityProvider: 'aad',
    clientId,
    scopes: [...Object.keys(scopes).map((scope) => `${resourceUri}/${scope}`), 'offline_access'],
    ...redirect,
    properties: {
      IsFirstParty: 'False',
      AzureActiveDirectoryResourceId: resourceUri,
      IsOnbehalfofLoginSupported: true,
    },
    customParameters: {
      loginUri: { value: loginUri },
      tenantId: { value: tenantId },
      resourceUri: { value: resourceUri },
    },
  };
}

function signInSentence({ provider }: ConnectorSettings['oauth']): string {
  return provider === 'oauth2' ? 'Sign in with your account.' : 'Sign in with your work or school account.';
}

const keySentence = 'Use a key that your administrator gave you.';

function createKeyParameter(title: string): KeyParameter {
  return {
    type: 'securestring',
    uiDefinition: {
      displayName: 'API key',
      description: keySentence,
      tooltip: `The key that your administrator made for ${title}; it begins with sdk_.`,
      constraints: { required: 'true', clearText: false },
      schema: { type: 'securestring', description: keySentence },
    },
  };
}

// The published schema of the file allows only these texts.
const tenantParameter: TenantParameter = {
  type: 'string',
  metadata: { sourceType: 'AzureActiveDirectoryTenant' },
  uiDefinition: {
    displayName: 'Tenant',
    description: 'The tenant ID of for the Azure Active Directory application',
    constraints: { required: 'false', hidden: 'true' },
  },
};
