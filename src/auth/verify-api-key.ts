import type { Caller } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';
import { matchesApiKey, readApiKeyId } from './api-key.ts';
import type { ApiKeyReader } from './api-key-reader.ts';

/** Turns an API key into the user as whom it acts. Rejects with Unauthenticated. */
export type ApiKeyVerifier = (apiKey: string) => Promise<Caller>;

/** The hash that an unknown key is compared with, so that its refusal takes as long as that of a wrong key. */
const noHash = '0'.repeat(64);

/**
 * Creates a verifier of API keys. Wrong, revoked and unknown keys get the same answer. Only the holder of a key learns
 * that it has expired.
 */
export function createApiKeyVerifier(find: ApiKeyReader, now: () => Date = () => new Date()): ApiKeyVerifier {
  return async (apiKey) => {
    const id = readApiKeyId(apiKey);
    if (id === undefined) throw unauthenticated('the API key is malformed');
    const key = await find(id);
    const matches = matchesApiKey(apiKey, key?.hash ?? noHash);
    if (key === undefined || !matches) throw unauthenticated('the API key is not known');
    if (key.expiresAt !== undefined && key.expiresAt <= now()) throw unauthenticated('the API key has expired');
    return { userId: key.userId, scopes: key.scopes, connection: `key:${key.id}` };
  };
}

function unauthenticated(reason: string): Error {
  return apiError('Unauthenticated', { reason }, { 'WWW-Authenticate': 'Bearer' });
}
