import { ApiError } from '../operation/errors.ts';
import type { IssuerKeysOptions } from './issuer-keys.ts';
import { entraIssuers } from './trusted-issuers.ts';
import { createTokenVerifier } from './verify-token.ts';
import type { TokenVerifier } from './verify-token.ts';

/** Resolves to whether a token is valid, issued by this tenant of Entra ID, for this audience and with this role. */
type EntraTokenCheck = (
  token: string,
  expected: { tenant: string; audience: string; role: string },
) => Promise<boolean>;

/**
 * Creates a check of tokens of callers that are not users, such as Event Grid. The check rejects with Unavailable if
 * the tenant's signing keys can't be fetched.
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
