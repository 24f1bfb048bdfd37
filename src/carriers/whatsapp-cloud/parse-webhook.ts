import { WebhookRefused, type WebhookEvents } from '../carrier.ts';
import { parseJson } from '../parse-json.ts';
import { fieldsOf, objectsOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { readInbound } from './read-inbound.ts';
import { readStatus } from './read-status.ts';
import { readTemplateStatusUpdate } from './read-template-status-update.ts';
import type { WhatsAppNumber } from './settings.ts';

type Parsed = Required<Pick<WebhookEvents, 'reports' | 'templates' | 'inbound'>>;
type Reader = (value: Fields, entry: Fields, numbers: readonly WhatsAppNumber[]) => Partial<Parsed>;

/** What is to be had from a change, by the field that changed; all others are passed over. */
const readers: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  [
    'messages',
    (value, _entry, numbers) => ({
      reports: objectsOf(value['statuses']).flatMap((status) => readStatus(status) ?? []),
      inbound: objectsOf(value['messages']).flatMap((message) => readInbound(message, value, numbers) ?? []),
    }),
  ],
  [
    'message_template_status_update',
    (value, entry, numbers) => ({ templates: readTemplateStatusUpdate(value, entry['id'], numbers) }),
  ],
]);

/**
 * Reads a call's body: reports, news of templates and what phones wrote. Whatever is of a kind that nobody here wants,
 * or lacks what it needs, is passed over, since Meta would bring the whole call again for days. Throws
 * {@link WebhookRefused} with 400 for a body that is no call of Meta's at all.
 */
export function parseWebhook(body: Uint8Array, numbers: readonly WhatsAppNumber[]): WebhookEvents {
  const { object, entry: entries } = fieldsOf(parseJson(body));
  if (typeof object !== 'string' || !Array.isArray(entries)) {
    throw new WebhookRefused(400, 'the body has no object and list of entries');
  }
  const found: Parsed = { reports: [], templates: [], inbound: [] };
  if (object !== 'whatsapp_business_account') return found;
  for (const entry of objectsOf(entries)) {
    for (const { field, value } of objectsOf(entry['changes'])) {
      const news = readers.get(field)?.(fieldsOf(value), entry, numbers) ?? {};
      const { reports = [], templates = [], inbound = [] } = news;
      found.reports.push(...reports);
      found.templates.push(...templates);
      found.inbound.push(...inbound);
    }
  }
  return found;
}
