import { ApiError } from '../operation/errors.ts';
import type { IssuerKeysOptions } from './issuer-keys.ts';
import { entraIssuers } from './trusted-issuers.ts';
import { createTokenVerifier } from './verify-token.ts';
import type { TokenVerifier } from './verify-token.ts';

/** Whether a token was issued by a tenant of Entra ID for an audience, and is good now. */
export type EntraTokenCheck = (token: string, expected: { tenant: string; audience: string }) => Promise<boolean>;

/**
 * Checks tokens of callers that are no users, such as Event Grid. Rejects where the tenant's keys can't be had.
 *
 * @param authority the sign-in address of the cloud, without a slash at its end
 */
export function createEntraTokenCheck(authority: string, options: Partial<IssuerKeysOptions> = {}): EntraTokenCheck {
  const verifiers = new Map<string, TokenVerifier>();
  return async (token, { tenant, audience }) => {
    const key = JSON.stringify([tenant, audience]);
    const verify =
      verifiers.get(key) ??
      createTokenVerifier({ issuers: entraIssuers([tenant], [audience], authority), clientIds: [] }, options);
    verifiers.set(key, verify);
    try {
      await verify(`Bearer ${token}`);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    }
  };
}
