import type { CarrierCapabilities } from '../../messages/index.ts';

/** What the simulated carrier can do; whether it recognises repeated recipient ids is how it is run. */
export function capabilitiesOf({ recognisesRepeats }: { recognisesRepeats: boolean }): CarrierCapabilities {
  return { protocols: ['SMS', 'WhatsApp'], batchSize: 100, idempotent: recognisesRepeats, reports: true };
}
