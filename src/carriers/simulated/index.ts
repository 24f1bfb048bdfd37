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

/** The simulated carrier: an HTTP server of its own that plays phones, reached as any carrier is reached. */
export const simulated: CarrierKind<SimulatedSettings> = {
  name: 'simulated',
  settingsTable,
  readSettings,
  create: (settings, { webhookUrl, fetch, timeoutMs, now }) =>
    createSimulatedCarrier({ ...settings, reportUrl: webhookUrl, fetch, timeoutMs, now }),
};

/**
 * Reaches the simulated carrier over HTTP, as any carrier is reached. Throws without a webhook secret, since anyone
 * could sign with an empty one.
 *
 * @param options.url the carrier's base address.
 * @param options.reportUrl where it is to send delivery reports, and its verdicts on templates.
 * @param options.recognisesRepeats whether it is run so that a repeated recipient id sends nothing; true by default.
 * @param options.timeoutMs how long one call may take; 10 seconds by default.
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
