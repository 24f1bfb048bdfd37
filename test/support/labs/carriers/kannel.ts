import type { Carrier, CarrierDeps } from '../../../../src/carriers/carrier.ts';
import { kannel } from '../../../../src/carriers/kannel/index.ts';
import type { KannelSettings } from '../../../../src/carriers/kannel/settings.ts';
import { kannelUser } from '../../hosts/kannel-boxes.ts';
import { carrierDeps } from './carrier-deps.ts';

/** The secrets of the tests' carrier. */
export const kannelSecrets = { webhookSecret: 'secret for the reports', inboundSecret: 'secret-of-phones' } as const;

/** Creates the carrier with the tests' settings. Inbound messages are refused without a secret for them. */
export function createKannelCarrier(
  settings: Partial<KannelSettings> & { url: string },
  deps: Partial<CarrierDeps> = {},
): Carrier {
  const { webhookSecret } = kannelSecrets;
  return kannel.create(
    { ...kannelUser, webhookSecret, ...settings },
    carrierDeps({ webhookUrl: 'http://127.0.0.1:9/webhooks/kannel', ...deps }),
  );
}
