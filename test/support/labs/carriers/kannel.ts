import type { Carrier, CarrierDeps } from '../../../../src/carriers/carrier.ts';
import { kannel } from '../../../../src/carriers/kannel/index.ts';
import type { KannelSettings } from '../../../../src/carriers/kannel/settings.ts';
import { kannelUser } from '../../hosts/kannel-boxes.ts';
import { carrierDeps } from './carrier-deps.ts';

/** What the tests' carrier makes and demands keys with. */
export const kannelSecrets = { webhookSecret: 'secret for the reports', inboundSecret: 'secret-of-phones' } as const;

/** The carrier with settings of the tests' own; messages of phones are refused unless there is a secret for them. */
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
