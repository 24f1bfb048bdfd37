import type { TokenCredential } from '@azure/identity';

import { createEntraTokenCheck } from './auth/check-entra-token.ts';
import type { Carrier, ConfiguredCarrier } from './carriers/carrier.ts';
import { createAddressRule } from './outgoing/address-rule.ts';
import { createPublicFetcher } from './outgoing/fetch-public.ts';
import { createGuardedClient } from './outgoing/guarded-client.ts';
import { realNetwork } from './outgoing/network.ts';
import { createTokenSource } from './storage/service/bearer-token.ts';

/** What all carriers get from the process that runs them: the app, or an operator's command. */
export interface CarrierEnvironment {
  /** The public address of the app, with the base path and without a slash at the end. */
  publicUrl: string;
  /** The app's identity at carriers that use Entra ID. */
  identity: TokenCredential;
  /** Where callers of webhooks sign in with Entra ID, without a slash at the end. */
  entraAuthority: string;
  /** Whether a URL from a caller may point to this machine. */
  allowLoopback: boolean;
  now: () => Date;
}

/**
 * The maximum duration of one call of a carrier, in milliseconds. It is longer than the ten seconds after which fetch
 * gives up on a connection, or a carrier that can't be reached would seem to have the message.
 */
export const carrierTimeoutMs = 15_000;

/** Makes carriers from their settings. Calls nothing yet. */
export function createCarriers(
  configured: readonly ConfiguredCarrier[],
  { publicUrl, identity, entraAuthority, allowLoopback, now }: CarrierEnvironment,
): Carrier[] {
  const sources = new Map<string, () => Promise<string>>();
  const isEntraToken = createEntraTokenCheck(entraAuthority);
  const rule = createAddressRule({ allowLoopback, allowedHosts: [] });
  const fetchPublic = createPublicFetcher(createGuardedClient({ rule, network: realNetwork, allowLoopback, now }));
  return configured.map(({ name, create }) =>
    create({
      webhookUrl: `${publicUrl}/webhooks/${name}`,
      fetch,
      timeoutMs: carrierTimeoutMs,
      now,
      getToken(scope) {
        const source = sources.get(scope) ?? createTokenSource(identity, scope);
        sources.set(scope, source);
        return source();
      },
      isEntraToken,
      fetchPublic,
    }),
  );
}
