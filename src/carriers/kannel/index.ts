import type { Carrier, CarrierKind, CarrierDeps, WebhookEvents, WebhookRequest } from '../carrier.ts';
import { capabilities } from './capabilities.ts';
import { verifyInbound, verifyReport } from './keys.ts';
import { parseInbound } from './parse-inbound.ts';
import { parseReport } from './parse-report.ts';
import { send } from './send.ts';
import { readSettings, settingsTable } from './settings.ts';
import type { KannelSettings } from './settings.ts';

/** Kannel 1.4. It takes SMS by HTTP and keeps the SMPP connections, which a function can't keep open. */
export const kannel: CarrierKind<KannelSettings> = {
  name: 'kannel',
  settingsTable,
  readSettings,
  create: createKannel,
};

function createKannel(
  settings: KannelSettings,
  { webhookUrl, fetch, timeoutMs, now }: Pick<CarrierDeps, 'webhookUrl' | 'fetch' | 'timeoutMs' | 'now'>,
): Carrier {
  const sending = { ...settings, webhookUrl, fetch, timeoutMs, now };
  return {
    name: kannel.name,
    capabilities,
    webhookMethods: ['GET', 'POST'],
    send: (batch) => send(sending, batch),
    receive: async (request) => receive(request, settings),
  };
}

/** Reads a webhook call. A call whose address names a recipient is a report; any other is an inbound message. */
function receive(request: WebhookRequest, { webhookSecret, inboundSecret }: KannelSettings): WebhookEvents {
  const query = new URLSearchParams(request.query);
  if (query.has('recipient')) {
    verifyReport(query, webhookSecret);
    const report = parseReport(query);
    return { reports: report === undefined ? [] : [report], templates: [], inbound: [] };
  }
  verifyInbound(request.headers, inboundSecret);
  const event = parseInbound(request, query);
  return { reports: [], templates: [], inbound: event === undefined ? [] : [event] };
}
