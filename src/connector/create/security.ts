import type { OpenAPIV2 } from 'openapi-types';

import type { Operation } from '../../operation/define-operation.ts';
import { scopes } from '../../operation/scopes.ts';
import type { ConnectorSettings } from '../settings.ts';

/** The name that Power Platform's own tools give to an OAuth 2.0 sign-in. */
const scheme = 'oauth2-auth';

/** Writes the sign-in: authorisation code against Microsoft Entra ID, with all scopes, used or not. */
export function createSecurityDefinitions({
  oauth: { loginUri, tenantId },
}: Pick<ConnectorSettings, 'oauth'>): Record<string, OpenAPIV2.SecuritySchemeOauth2AccessCode> {
  const endpoint = `${loginUri}/${tenantId}/oauth2/v2.0`;
  return {
    [scheme]: {
      type: 'oauth2',
      flow: 'accessCode',
      authorizationUrl: `${endpoint}/authorize`,
      tokenUrl: `${endpoint}/token`,
      scopes: { ...scopes },
    },
  };
}

/** Writes what a connection asks for: one consent to every scope. */
export function createSecurity(): OpenAPIV2.SecurityRequirementObject[] {
  return [{ [scheme]: Object.keys(scopes) }];
}

/** Writes what an operation demands: any one of its scopes, so each is a requirement of its own. */
export function createOperationSecurity({
  scopes,
}: Pick<Operation<never>, 'scopes'>): OpenAPIV2.SecurityRequirementObject[] {
  return scopes.map((scope) => ({ [scheme]: [scope] }));
}
