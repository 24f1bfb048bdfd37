import type { CarrierCapabilities } from '../../messages/index.ts';
import type { TwilioSettings } from './settings.ts';

/** What Twilio can do. Twilio queues messages above a sender's rate, which depends on the sender's kind and country. */
export const capabilitiesOf = ({ whatsappNumbers }: Pick<TwilioSettings, 'whatsappNumbers'>): CarrierCapabilities => ({
  protocols: whatsappNumbers.length === 0 ? ['SMS'] : ['SMS', 'WhatsApp'],
  whatsappNumbers,
  senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
  // Twilio identifies a template by a content id of its own, which the app doesn't know.
  sendsTemplates: false,
  sendsButtons: false,
  // Each message takes a call of its own.
  batchSize: 10,
  // Twilio's call to create a message accepts no idempotency key.
  idempotent: false,
  reports: true,
  rates: [],
});
