import type { CarrierCapabilities } from '../../messages/index.ts';

/** What the simulated carrier can do. */
export const capabilities: CarrierCapabilities = {
  protocols: ['SMS', 'WhatsApp'],
  batchSize: 100,
  idempotent: true,
  reports: true,
};
