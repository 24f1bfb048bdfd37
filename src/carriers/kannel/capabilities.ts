import type { CarrierCapabilities } from '../../messages/index.ts';

/** What Kannel can do; how fast its connections may send is in an operator's contract with the carrier behind it. */
export const capabilities: CarrierCapabilities = {
  protocols: ['SMS'],
  senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
  sendsTemplates: false,
  sendsButtons: false,
  batchSize: 10,
  // Kannel knows no key of ours: the same message again is another message.
  idempotent: false,
  reports: true,
  rates: [],
};
