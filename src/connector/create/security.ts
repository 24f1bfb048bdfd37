import type { OpenAPIV2 } from 'openapi-types';

import type { Operation } from '../../operation/define-operation.ts';
import { scopes } from '../../operation/scopes.ts';
import type { ConnectorSettings } from '../settings.ts';
import type { SecurityDefinitions } from './types.ts';

/** The name that Power Platform's own tools give to an OAuth 2.0 sign-in. */
const scheme = 'oauth2-auth';

const keyScheme = 'apiKey';

/** The header in which a connection's API key goes to the backend. */
export const apiKeyHeader = 'X-API-Key';

type Ways = Pick<ConnectorSettings, 'apiKey'>;

/** Writes the ways to sign in: authorisation code, with all scopes, used or not, and an API key where that is wanted. */
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

/** Writes what a connection asks for: one consent to every scope, or a key. */
export function createSecurity(ways: Ways = {}): OpenAPIV2.SecurityRequirementObject[] {
  return [{ [scheme]: Object.keys(scopes) }, ...keyRequirement(ways)];
}

/** Writes what an operation demands: any one of its scopes, so each is a requirement of its own, or a key. */
export function createOperationSecurity(
  { scopes }: Pick<Operation<never>, 'scopes'>,
  ways: Ways = {},
): OpenAPIV2.SecurityRequirementObject[] {
  return [...scopes.map((scope) => ({ [scheme]: [scope] })), ...keyRequirement(ways)];
}

function keyRequirement({ apiKey = false }: Ways): OpenAPIV2.SecurityRequirementObject[] {
  return apiKey ? [{ [keyScheme]: [] }] : [];
}
