import type { Caller, Credentials } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';
import type { ApiKeyVerifier } from './verify-api-key.ts';
import type { TokenVerifier } from './verify-token.ts';

/** Turns what a caller shows into a caller, or throws Unauthenticated (or Unavailable, where that can't be found out). */
export type Authenticator = (credentials: Credentials) => Promise<Caller>;

/**
 * Accepts an access token or an API key. Both at once are refused: whichever counted, calls would be made and counted
 * in a name that the caller may not expect.
 */
export function createAuthenticator(verifyToken: TokenVerifier, verifyApiKey: ApiKeyVerifier): Authenticator {
  return async ({ authorization, apiKey }) => {
    const key = apiKey?.trim() ?? '';
    if (key === '') return verifyToken(authorization);
    if (authorization === null) return verifyApiKey(key);
    const reason = 'both a token and a key were sent';
    throw apiError('Unauthenticated', { reason }, { 'WWW-Authenticate': 'Bearer' });
  };
}
