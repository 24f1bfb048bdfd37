import type { AttachmentSource } from '../../conversations/index.ts';
import type { TemplateCarrier } from '../../templates/index.ts';
import type { Carrier, CarrierKind, CarrierDeps } from '../carrier.ts';
import { capabilitiesOf } from './capabilities.ts';
import { fetchAttachment } from './fetch-attachment.ts';
import { listTemplates } from './list-templates.ts';
import { parseWebhook } from './parse-webhook.ts';
import { send } from './send.ts';
import { readSettings, settingsTable } from './settings.ts';
import type { AzureCommunicationSettings } from './settings.ts';
import { verifyCaller } from './verify-caller.ts';

/** SMS and WhatsApp through Azure Communication Services. Its reports and inbound messages come through Event Grid. */
export const azureCommunication: CarrierKind<AzureCommunicationSettings> = {
  name: 'azure-communication',
  settingsTable,
  readSettings,
  create: createAzureCommunication,
};

/** The carrier has no API to create templates, so the adapter refuses each submission. */
const refused = {
  outcome: 'refused',
  reason:
    "Azure Communication Services can't create templates: create the template in Meta's WhatsApp Manager, wait for its approval, and import it.",
} as const;

/** Creates the carrier. It sends WhatsApp messages only if the settings name channels. */
function createAzureCommunication(
  settings: AzureCommunicationSettings,
  { fetch, timeoutMs, now, getToken, isEntraToken }: CarrierDeps,
): Carrier {
  const { webhook, ...access } = settings;
  const { channels } = access;
  const resource = { ...access, fetch, timeoutMs, now, getToken };
  const deps = { numbers: new Map(Array.from(channels, ([number, channel]) => [channel, number])), now };
  const templates: TemplateCarrier = {
    manages: (identity) => channels.has(identity),
    submit: async () => refused,
    list: (identity) => listTemplates(resource, identity),
  };
  const attachments: AttachmentSource = {
    fetchAttachment: (reference, limit) => fetchAttachment(resource, reference, limit),
  };
  return {
    name: azureCommunication.name,
    capabilities: capabilitiesOf([...channels.keys()]),
    webhookMethods: ['POST', 'OPTIONS'],
    send: (batch) => send(resource, batch),
    ...(channels.size > 0 && { templates, attachments }),
    async receive(request) {
      await verifyCaller(request, webhook, isEntraToken);
      return parseWebhook(request, deps);
    },
  };
}
