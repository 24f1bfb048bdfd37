import type { OpenAPIV2 } from 'openapi-types';

import type { Operation } from '../../operation/define-operation.ts';
import { scopes } from '../../operation/scopes.ts';
import type { ConnectorSettings } from '../settings.ts';
import type { SecurityDefinitions } from './types.ts';

/** The name that Power Platform's own tools give an OAuth 2.0 sign-in. */
const scheme = 'oauth2-auth';

const keyScheme = 'apiKey';

/** The header that carries a connection's API key to the backend. */
export const apiKeyHeader = 'X-API-Key';

type Ways = Pick<ConnectorSettings, 'apiKey'>;

/** Writes the ways to sign in: the authorisation code flow with all scopes, and an API key if the settings allow it. */
export function createSecurityDefinitions({
  oauth,
  apiKey = false,
}: Pick<ConnectorSettings, 'oauth' | 'apiKey'>): SecurityDefinitions {
  const { authorizationUrl, tokenUrl } = oauth.provider === 'oauth2' ? oauth : entraEndpoints(oauth);
  return {
    [scheme]: { type: 'oauth2', flow: 'accessCode', authorizationUrl, tokenUrl, scopes: { ...scopes } },
    ...(apiKey ? { [keyScheme]: { type: 'apiKey', in: 'header', name: apiKeyHeader } } : {}),
  };
}

function entraEndpoints({ loginUri, tenantId }: { loginUri: string; tenantId: string }) {
  const endpoint = `${loginUri}/${tenantId}/oauth2/v2.0`;
  return { authorizationUrl: `${endpoint}/authorize`, tokenUrl: `${endpoint}/token` };
}

/** Writes the requirement of a connection: one consent to all scopes, or a key. */
export function createSecurity(ways: Ways = {}): OpenAPIV2.SecurityRequirementObject[] {
  return [{ [scheme]: Object.keys(scopes) }, ...keyRequirement(ways)];
}

/** Writes the requirements of an operation: any one of its scopes, or a key. Each is a requirement of its own. */
export function createOperationSecurity(
  { scopes }: Pick<Operation<never>, 'scopes'>,
  ways: Ways = {},
): OpenAPIV2.SecurityRequirementObject[] {
  return [...scopes.map((scope) => ({ [scheme]: [scope] })), ...keyRequirement(ways)];
}

function keyRequirement({ apiKey = false }: Ways): OpenAPIV2.SecurityRequirementObject[] {
  return apiKey ? [{ [keyScheme]: [] }] : [];
}
