import { scopes } from '../../operation/scopes.ts';
import type { ConnectorSettings } from '../settings.ts';
import type { ApiProperties, SignIn, TenantParameter } from './types.ts';

/** Which command of Power Platform's tools the properties are for. */
type Purpose = 'create' | 'update';

/**
 * Writes the connector's properties, in the variant for creating a connector or for updating one. `paconn update` fails
 * on a `stackOwner`, so only the former has it; see {@link createSignIn} for the other difference.
 */
export function createApiProperties(settings: ConnectorSettings, purpose: Purpose): ApiProperties {
  const { title, version, publisher, stackOwner, iconBrandColor } = settings;
  return {
    properties: {
      connectionParameters: { token: createSignIn(settings, purpose), 'token:TenantId': tenantParameter },
      iconBrandColor,
      // A connector without "triggers" is missing from the lists in which designers look for triggers.
      capabilities: ['actions', 'triggers'],
      publisher,
      ...(purpose === 'create' ? { stackOwner } : {}),
      policyTemplateInstances: [
        {
          templateId: 'setheader',
          title: `Tell the backend which version of ${title} calls`,
          parameters: {
            'x-ms-apimTemplateParameter.name': 'X-Connector-Version',
            'x-ms-apimTemplateParameter.value': version,
            'x-ms-apimTemplateParameter.existsAction': 'override',
            'x-ms-apimTemplate-policySection': 'Request',
          },
        },
      ],
    },
  };
}

/**
 * The sign-in against Microsoft Entra ID. A new connector gets a redirect address of its own whatever its file says, and
 * Microsoft's published schema of the file doesn't know `GlobalPerConnector`; a connector that still has the common
 * address leaves it when an update says the word. So the word stands in the variant for updates only.
 */
function createSignIn({ title, oauth }: ConnectorSettings, purpose: Purpose): SignIn {
  const { clientId, resourceUri, loginUri, tenantId, redirectMode } = oauth;
  return {
    type: 'oauthSetting',
    oAuthSettings: {
      identityProvider: 'aad',
      clientId,
      scopes: [...Object.keys(scopes).map((scope) => `${resourceUri}/${scope}`), 'offline_access'],
      ...(redirectMode === 'GlobalPerConnector' && purpose === 'create' ? {} : { redirectMode }),
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
    },
    uiDefinition: {
      displayName: 'Sign in',
      description: 'Sign in with your work or school account.',
      tooltip: `Sign in with the account that may use ${title}.`,
      constraints: { required: 'true' },
    },
  };
}

// The published schema of the file allows these texts and no others.
const tenantParameter: TenantParameter = {
  type: 'string',
  metadata: { sourceType: 'AzureActiveDirectoryTenant' },
  uiDefinition: {
    displayName: 'Tenant',
    description: 'The tenant ID of for the Azure Active Directory application',
    constraints: { required: 'false', hidden: 'true' },
  },
};
