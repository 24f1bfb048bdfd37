import { ApiError } from '../operation/errors.ts';
import type { IssuerKeysOptions } from './issuer-keys.ts';
import { entraIssuers } from './trusted-issuers.ts';
import { createTokenVerifier } from './verify-token.ts';
import type { TokenVerifier } from './verify-token.ts';

/** Whether a token was issued by a tenant of Entra ID for an audience, to an application with a role, and is good now. */
type EntraTokenCheck = (
  token: string,
  expected: { tenant: string; audience: string; role: string },
) => Promise<boolean>;

/**
 * Checks tokens of callers that are no users, such as Event Grid. Rejects where the tenant's keys can't be had.
 *
 * @param authority the sign-in address of the cloud, without a slash at its end
 */
export function createEntraTokenCheck(authority: string, options: Partial<IssuerKeysOptions> = {}): EntraTokenCheck {
  const verifiers = new Map<string, TokenVerifier>();
  return async (token, { tenant, audience, role }) => {
    const key = JSON.stringify([tenant, audience]);
    const verify =
      verifiers.get(key) ??
      createTokenVerifier({ issuers: entraIssuers([tenant], [audience], authority), clientIds: [] }, options);
    verifiers.set(key, verify);
    try {
      // An application's scopes are its roles.
      return (await verify(`Bearer ${token}`)).scopes.includes(role);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    }
  };
}
