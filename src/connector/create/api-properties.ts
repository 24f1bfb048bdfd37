import type { ConnectorSettings } from '../settings.ts';
import { apiKeyHeader } from './security.ts';
import { createParameterSets, createSignInParameters } from './sign-in.ts';
import type { Purpose } from './sign-in.ts';
import type { ApiProperties, PolicyTemplateInstance } from './types.ts';

/**
 * Writes the connector's properties, for creating a connector or for updating one. Only the variant for creating has a
 * `stackOwner`, because `paconn update` fails on it. sign-in.ts explains the other difference.
 */
export function createApiProperties(settings: ConnectorSettings, purpose: Purpose): ApiProperties {
  const { title, version, publisher, stackOwner, iconBrandColor, apiKey = false } = settings;
  return {
    properties: {
      ...(apiKey
        ? { connectionParameterSets: createParameterSets(settings, purpose) }
        : { connectionParameters: createSignInParameters(settings, purpose) }),
      iconBrandColor,
      // A connector without "triggers" is missing from the lists in which designers look for triggers.
      capabilities: ['actions', 'triggers'],
      publisher,
      ...(purpose === 'create' ? { stackOwner } : {}),
      policyTemplateInstances: [
        setHeader(`Tell the backend which version of ${title} calls`, 'X-Connector-Version', version),
        // A connection with OAuth 2.0 has no key. The header is then empty, and the backend ignores it.
        ...(apiKey
          ? [setHeader('Send the key of the connection', apiKeyHeader, "@connectionParameters('api_key','')")]
          : []),
      ],
    },
  };
}

function setHeader(title: string, name: string, value: string): PolicyTemplateInstance {
  return {
    templateId: 'setheader',
    title,
    parameters: {
      'x-ms-apimTemplateParameter.name': name,
      'x-ms-apimTemplateParameter.value': value,
      'x-ms-apimTemplateParameter.existsAction': 'override',
      'x-ms-apimTemplate-policySection': 'Request',
    },
  };
}
