import type { CarrierCapabilities } from '../../messages/index.ts';

/** What Kannel can do. How fast its connections may send depends on the operator's contract with the network. */
export const capabilities: CarrierCapabilities = {
  protocols: ['SMS'],
  senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
  sendsTemplates: false,
  sendsButtons: false,
  batchSize: 10,
  // Kannel accepts no idempotency key, so the same message again is another message.
  idempotent: false,
  reports: true,
  rates: [],
};
