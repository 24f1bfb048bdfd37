import type { Carrier, CarrierKind, CarrierDeps } from '../carrier.ts';
import type { Graph } from './call-graph.ts';
import { capabilitiesOf } from './capabilities.ts';
import { fetchAttachment } from './fetch-attachment.ts';
import { listTemplates } from './list-templates.ts';
import { parseWebhook } from './parse-webhook.ts';
import { send } from './send.ts';
import { findNumber, readSettings, settingsTable } from './settings.ts';
import type { WhatsAppSettings } from './settings.ts';
import { submitTemplate } from './submit-template.ts';
import { answerChallenge, verifySignature } from './verify-signature.ts';

/** WhatsApp through Meta's own API, the Cloud API. */
export const whatsappCloud: CarrierKind<WhatsAppSettings> = {
  name: 'whatsapp-cloud',
  settingsTable,
  readSettings,
  create: createWhatsAppCloud,
};

function createWhatsAppCloud(settings: WhatsAppSettings, deps: CarrierDeps): Carrier {
  const { fetch, timeoutMs, now, fetchPublic } = deps;
  const { appSecret, verifyToken, numbers } = settings;
  const graph: Graph = { ...settings, fetch, timeoutMs, now };
  return {
    name: whatsappCloud.name,
    capabilities: capabilitiesOf(settings),
    webhookMethods: ['GET', 'POST'],
    send: (batch) => send(graph, batch),
    templates: {
      manages: (identity) => findNumber(settings, identity) !== undefined,
      submit: (template) => submitTemplate(graph, template, fetchPublic),
      list: (identity) => listTemplates(graph, identity),
    },
    attachments: { fetchAttachment: (reference, limit) => fetchAttachment(graph, reference, limit) },
    async receive(request) {
      if (request.method === 'GET') return answerChallenge(request.query, verifyToken);
      verifySignature(request, appSecret);
      return parseWebhook(request.body, numbers);
    },
  };
}
