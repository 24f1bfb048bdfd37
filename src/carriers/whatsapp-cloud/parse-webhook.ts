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

/** The readers of changes, by the changed field. Changes of other fields are ignored. */
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
 * Parses the body of a call: reports, template status updates and inbound messages. Changes of other kinds and
 * malformed ones are ignored: if the app refused the call, Meta would repeat all of it for days.
 *
 * @throws {WebhookRefused} 400 if the body is not a call of Meta's
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
      const change = readers.get(field)?.(fieldsOf(value), entry, numbers) ?? {};
      const { reports = [], templates = [], inbound = [] } = change;
      found.reports.push(...reports);
      found.templates.push(...templates);
      found.inbound.push(...inbound);
    }
  }
  return found;
}
