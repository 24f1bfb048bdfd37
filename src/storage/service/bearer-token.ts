import type { AccessToken, TokenCredential } from '@azure/identity';

/** What an identity has to be let into for storage. */
export const storageScope = 'https://storage.azure.com/.default';

/** Milliseconds before a token expires: from the first on a new one is fetched, from the second on it is waited for. */
const renewBeforeMs = 5 * 60_000;
const waitBeforeMs = 60_000;

/** Gives a token for a scope, which is fetched once for all that ask, and again shortly before it expires. */
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
        if (token === null) throw new Error(`there is no token for ${scope}`);
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
    // The old one serves a little longer, also where the new one can't be had yet.
    if (leftMs <= renewBeforeMs) fetchToken().catch(() => undefined);
    return current.token;
  };
}
