import { createRemoteJWKSet, errors } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

/**
 * Milliseconds after which keys are fetched again, even if all tokens name known keys: an issuer may withdraw a key.
 */
const refreshAfterMs = 10 * 60_000;

/** How to fetch keys. */
export interface IssuerKeysOptions {
  now: () => Date;
  /** Milliseconds between two fetches because of unknown keys, by this machine's own clock; default: 30,000. */
  cooldownMs?: number;
  /** Milliseconds after which a fetch fails; default: 5,000. */
  timeoutMs?: number;
}

/** A key can't be looked up, because the issuer's keys were never fetched successfully. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super("the token issuer's signing keys can't be fetched", { cause });
    this.name = 'KeysUnavailable';
  }
}

/**
 * Creates a look-up of the keys that an issuer publishes. It fetches them when they are first needed, when a token
 * names an unknown key, and every ten minutes. So a key that the issuer withdraws works for at most ten more minutes.
 * While the issuer can't be reached, known keys still work, and all others count as unknown.
 *
 * @returns a function that rejects with KeysUnavailable if the keys could not be fetched even once, and with jose's
 *   JWKSNoMatchingKey for an unknown key
 */
export function createIssuerKeys(
  jwksUrl: string,
  { now, cooldownMs = 30_000, timeoutMs = 5_000 }: IssuerKeysOptions,
): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
  let refreshedAt: number | undefined;
  const refresh = async (): Promise<void> => {
    const time = now().getTime();
    refreshedAt ??= time;
    if (time - refreshedAt < refreshAfterMs) return;
    refreshedAt = time;
    // Only this call waits for the fetch. If it fails, the known keys are used until the next attempt.
    await keys.reload().catch(() => {
      refreshedAt = time - refreshAfterMs + cooldownMs;
    });
  };
  return async (header, token) => {
    await refresh();
    try {
      return await keys(header, token);
    } catch (error) {
      if (keys.jwks() === undefined) throw new KeysUnavailable(error);
      // There are keys, so any failure to find this one means that it is unknown.
      throw error instanceof errors.JOSENotSupported ? error : new errors.JWKSNoMatchingKey();
    }
  };
}
