import { createRemoteJWKSet, errors } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

/** Milliseconds after which keys are fetched again although all tokens name known ones: an issuer may withdraw one. */
const refreshAfterMs = 10 * 60_000;

/** How keys are fetched. */
export interface IssuerKeysOptions {
  now: () => Date;
  /** Milliseconds between fetches that a token's unknown key brings about, on this machine's own clock. */
  cooldownMs?: number;
  /** Milliseconds after which a fetch is given up. */
  timeoutMs?: number;
}

/** That a key can't be had, because the issuer's keys were never fetched. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the keys of the issuer of access tokens can not be fetched', { cause });
    this.name = 'KeysUnavailable';
  }
}

/**
 * The keys that an issuer publishes: fetched when first needed, when a token names one that isn't known, and every ten
 * minutes; so a key that the issuer withdraws works for ten minutes more at most. While the issuer can't be reached, known
 * keys go on working, and any other is an unknown one.
 *
 * @throws KeysUnavailable where the keys could not be fetched even once
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
    // Only this call waits for it, and the keys that are known serve where it fails.
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
      // With keys at hand, whatever went wrong in looking for another one means that this one isn't known.
      throw error instanceof errors.JOSENotSupported ? error : new errors.JWKSNoMatchingKey();
    }
  };
}
