import type { CarrierKind } from '../carrier.ts';
import { capabilitiesOf } from './capabilities.ts';
import { fetchAttachment } from './fetch-attachment.ts';
import { parseWebhook } from './parse-webhook.ts';
import { send } from './send.ts';
import { readSettings, settingsTable } from './settings.ts';
import type { TwilioSettings } from './settings.ts';
import { verifySignature } from './verify-signature.ts';

/** Twilio's Programmable Messaging: SMS, MMS, and WhatsApp texts. */
export const twilio: CarrierKind<TwilioSettings> = {
  name: 'twilio',
  settingsTable,
  readSettings,
  create(settings, { webhookUrl, fetch, timeoutMs, now }) {
    // Anyone could sign calls with an empty token.
    if (settings.authToken === '') throw new Error('Twilio needs the auth token of the account');
    const connection = { ...settings, webhookUrl, fetch, timeoutMs, now };
    return {
      name: twilio.name,
      capabilities: capabilitiesOf(settings),
      webhookMethods: ['POST'],
      send: (batch) => send(connection, batch),
      attachments: { fetchAttachment: (reference, limit) => fetchAttachment(connection, reference, limit) },
      async receive({ query, headers, body }) {
        const form = new URLSearchParams(new TextDecoder().decode(body));
        verifySignature({ query, headers }, form, connection);
        return parseWebhook(form, query, now());
      },
    };
  },
};
