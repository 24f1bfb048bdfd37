import type { CarrierCapabilities } from '../../messages/index.ts';

/** What the simulated carrier can do. Whether it recognises repeated recipient ids depends on how it was started. */
export function capabilitiesOf({ recognisesRepeats }: { recognisesRepeats: boolean }): CarrierCapabilities {
  return {
    protocols: ['SMS', 'WhatsApp'],
    senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
    sendsTemplates: true,
    sendsButtons: true,
    // A carrier that doesn't recognise repeats plays one that takes one message per call.
    batchSize: recognisesRepeats ? 100 : 10,
    idempotent: recognisesRepeats,
    reports: true,
    rates: [],
  };
}
