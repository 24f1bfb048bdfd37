import type { Caller, Credentials } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';
import type { ApiKeyVerifier } from './verify-api-key.ts';
import type { TokenVerifier } from './verify-token.ts';

/** Turns credentials into a caller. Rejects with Unauthenticated, or with Unavailable if they can't be checked now. */
export type Authenticator = (credentials: Credentials) => Promise<Caller>;

/**
 * Creates an authenticator that accepts an access token or an API key. It refuses both at once: whichever it chose,
 * calls could be made and counted for another user than the caller expects.
 */
export function createAuthenticator(verifyToken: TokenVerifier, verifyApiKey: ApiKeyVerifier): Authenticator {
  return async ({ authorization, apiKey }) => {
    const key = apiKey?.trim() ?? '';
    if (key === '') return verifyToken(authorization);
    if (authorization === null) return verifyApiKey(key);
    const reason = 'the call has both a token and a key';
    throw apiError('Unauthenticated', { reason }, { 'WWW-Authenticate': 'Bearer' });
  };
}
