import type { CarrierCapabilities } from '../../messages/index.ts';
import type { TwilioSettings } from './settings.ts';

/** What Twilio can do. It queues what comes faster than a sender's rate, which depends on its kind and country. */
export const capabilitiesOf = ({ whatsappNumbers }: Pick<TwilioSettings, 'whatsappNumbers'>): CarrierCapabilities => ({
  protocols: whatsappNumbers.length === 0 ? ['SMS'] : ['SMS', 'WhatsApp'],
  whatsappNumbers,
  senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
  // Twilio names a template by a content id of its own, which nobody here knows.
  sendsTemplates: false,
  sendsButtons: false,
  // A message takes a call of its own.
  batchSize: 10,
  // Creating a message takes no key that would tell a repeat.
  idempotent: false,
  reports: true,
  rates: [],
});
