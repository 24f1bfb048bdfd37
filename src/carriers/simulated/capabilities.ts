import type { CarrierCapabilities } from '../../messages/index.ts';

/** What the simulated carrier can do; whether it recognises repeated recipient ids is how it is run. */
export function capabilitiesOf({ recognisesRepeats }: { recognisesRepeats: boolean }): CarrierCapabilities {
  return {
    protocols: ['SMS', 'WhatsApp'],
    senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
    sendsTemplates: true,
    sendsButtons: true,
    // A carrier that recognises no repeats is one that takes a message in a call.
    batchSize: recognisesRepeats ? 100 : 10,
    idempotent: recognisesRepeats,
    reports: true,
    rates: [],
  };
}
