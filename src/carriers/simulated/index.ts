import type { AttachmentSource } from '../../conversations/index.ts';
import type { TemplateCarrier } from '../../templates/index.ts';
import type { Carrier, CarrierKind } from '../carrier.ts';
import { capabilitiesOf } from './capabilities.ts';
import { fetchAttachment } from './fetch-attachment.ts';
import { parseWebhook } from './parse-webhook.ts';
import { reasonOf } from './reasons.ts';
import { send } from './send.ts';
import { readSettings, settingsTable } from './settings.ts';
import type { SimulatedSettings } from './settings.ts';
import { submitTemplate } from './submit-template.ts';
import { verifySignature } from './verify-signature.ts';

/** The simulated carrier: a separate HTTP server that plays phones. The app calls it like any other carrier. */
export const simulated: CarrierKind<SimulatedSettings> = {
  name: 'simulated',
  settingsTable,
  readSettings,
  create: (settings, { webhookUrl, fetch, timeoutMs, now }) =>
    createSimulatedCarrier({ ...settings, reportUrl: webhookUrl, fetch, timeoutMs, now }),
};

/**
 * Creates the carrier that calls the simulated carrier's server over HTTP.
 *
 * @param options.url the server's base address
 * @param options.reportUrl where the server sends delivery reports and template status updates
 * @param options.recognisesRepeats whether the server was started so that a repeated recipient id sends nothing;
 * default: true
 * @param options.timeoutMs how long one call may take, in milliseconds; default: 10,000
 * @throws {Error} if the webhook secret is empty, since anyone could sign with it
 */
export function createSimulatedCarrier(options: {
  url: string;
  apiKey: string;
  webhookSecret: string;
  reportUrl: string;
  recognisesRepeats?: boolean;
  fetch?: typeof fetch;
  timeoutMs?: number;
  now?: () => Date;
}): Carrier & { readonly templates: TemplateCarrier; readonly attachments: AttachmentSource } {
  const { webhookSecret, now = () => new Date(), recognisesRepeats = true, ...rest } = options;
  if (webhookSecret === '') throw new Error('the simulated carrier needs a webhook secret');
  const settings = { fetch, timeoutMs: 10_000, now, ...rest };
  return {
    name: simulated.name,
    capabilities: capabilitiesOf({ recognisesRepeats }),
    webhookMethods: ['POST'],
    send: (batch) => send({ ...settings, recognisesRepeats }, batch),
    templates: {
      manages: () => true,
      submit: (template) => submitTemplate(settings, template),
      list: async () => ({ outcome: 'listed', templates: [] }),
    },
    attachments: { fetchAttachment: (reference, limit) => fetchAttachment(settings, reference, limit) },
    async receive(request) {
      verifySignature(request, webhookSecret, now());
      const { reports, ...rest } = parseWebhook(request.body);
      return { ...rest, reports: reports.map((report) => ({ ...report, ...reasonOf(report.code) })) };
    },
  };
}
