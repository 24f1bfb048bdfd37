import type { CarrierCapabilities } from '../../messages/index.ts';

/**
 * What Azure Communication Services can do. The rates are the limits that Microsoft publishes for SMS ("Service limits"
 * and SMS FAQ). They allow the same number of requests and of message units in 60 seconds; each recipient is a unit.
 * Any number other than a short code gets the limit of toll-free numbers.
 */
export function capabilitiesOf(whatsappNumbers: readonly string[]): CarrierCapabilities {
  const hasChannels = whatsappNumbers.length > 0;
  return {
    protocols: hasChannels ? ['SMS', 'WhatsApp'] : ['SMS'],
    senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
    sendsTemplates: hasChannels,
    sendsButtons: false,
    whatsappNumbers,
    batchSize: 100,
    idempotent: true,
    reports: true,
    rates: [
      { protocol: 'SMS', senderKind: 'longCode', per: 'sender', perMinute: 200 },
      { protocol: 'SMS', senderKind: 'shortCode', per: 'sender', perMinute: 6000 },
      { protocol: 'SMS', senderKind: 'alphanumeric', per: 'carrier', perMinute: 600 },
    ],
  };
}
