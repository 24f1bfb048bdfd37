import type { CarrierCapabilities } from '../../messages/index.ts';
import type { WhatsAppSettings } from './settings.ts';

/** How many messages a number may send in a second (Cloud API, "Throughput"). Meta raises the limit by itself. */
const perSecond = 80;

/** What the Cloud API can do with these numbers. It takes one message per call, and doesn't recognise repeats. */
export function capabilitiesOf({ numbers }: Pick<WhatsAppSettings, 'numbers'>): CarrierCapabilities {
  return {
    protocols: ['WhatsApp'],
    senderKinds: [],
    sendsTemplates: true,
    sendsButtons: true,
    whatsappNumbers: numbers.map(({ number }) => number),
    batchSize: 10,
    idempotent: false,
    reports: true,
    rates: [{ protocol: 'WhatsApp', per: 'sender', perMinute: perSecond * 60 }],
  };
}
