import type { CarrierCapabilities } from '../../messages/index.ts';
import type { TwilioSettings } from './settings.ts';

/** What Twilio can do; how fast depends on the kind and country of each sender, so an operator says it. */
export function capabilitiesOf({ messagesPerSecond }: Pick<TwilioSettings, 'messagesPerSecond'>): CarrierCapabilities {
  return {
    protocols: ['SMS', 'WhatsApp'],
    senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
    // Twilio names a template by a content id of its own, which nobody here knows.
    sendsTemplates: false,
    // A message takes a call of its own.
    batchSize: 10,
    // Creating a message takes no key that would tell a repeat.
    idempotent: false,
    reports: true,
    rates: messagesPerSecond === undefined ? [] : [{ per: 'sender', perMinute: messagesPerSecond * 60 }],
  };
}
