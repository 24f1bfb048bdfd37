import type { CarrierCapabilities } from '../../messages/index.ts';

/** Messages a second that a number may send (Cloud API, "Throughput"); Meta raises it by itself. */
const perSecond = 80;

/** What the Cloud API can do. It takes one message in a call, and knows no repeats. */
export const capabilities: CarrierCapabilities = {
  protocols: ['WhatsApp'],
  senderKinds: [],
  sendsTemplates: true,
  batchSize: 10,
  idempotent: false,
  reports: true,
  rates: [{ protocol: 'WhatsApp', per: 'sender', perMinute: perSecond * 60 }],
};
