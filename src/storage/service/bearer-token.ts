import type { AccessToken, TokenCredential } from '@azure/identity';

/** The scope of tokens for Azure Storage. */
export const storageScope = 'https://storage.azure.com/.default';

/**
 * Milliseconds before a token expires. From `renewBeforeMs` on, a new token is fetched in the background; from
 * `waitBeforeMs` on, callers wait for it.
 */
const renewBeforeMs = 5 * 60_000;
const waitBeforeMs = 60_000;

/**
 * Creates a function that resolves to a token for a scope. All callers share one token, which is fetched again shortly
 * before it expires. The function rejects if a token is needed and can't be fetched.
 */
export function createTokenSource(
  credential: TokenCredential,
  scope: string,
  now: () => number = Date.now,
): () => Promise<string> {
  let current: AccessToken | undefined;
  let fetching: Promise<AccessToken> | undefined;

  const fetchToken = (): Promise<AccessToken> => {
    fetching ??= credential
      .getToken(scope)
      .then((token) => {
        if (token === null) throw new Error(`the credential returned no token for ${scope}`);
        current = token;
        return token;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };

  return async () => {
    const leftMs = (current?.expiresOnTimestamp ?? 0) - now();
    if (current === undefined || leftMs <= waitBeforeMs) return (await fetchToken()).token;
    // The old token is good for a few more minutes, even if the new one can't be fetched yet.
    if (leftMs <= renewBeforeMs) fetchToken().catch(() => undefined);
    return current.token;
  };
}
