import type { InboundEvent } from '../../conversations/index.ts';
import type { DeliveryReport, ReferencedReport } from '../../messages/index.ts';
import { WebhookRefused } from '../carrier.ts';
import type { WebhookAnswer, WebhookEvents, WebhookRequest } from '../carrier.ts';
import { textOf } from '../fields.ts';
import { parseEvents } from './grid-events.ts';
import type { GridEvent } from './grid-events.ts';
import { parseReceivedSms, parseSmsReport } from './sms-events.ts';
import type { Parsed } from './sms-events.ts';
import { parseMessageStatus, parseReceivedMessage } from './whatsapp-events.ts';

/** What parsing events depends on. */
export interface EventDeps {
  /** Our WhatsApp numbers (digits) by their channels' ids. */
  numbers: ReadonlyMap<string, string>;
  now: () => Date;
}

type Taken =
  | { inbound: Parsed<InboundEvent> }
  | { report: Parsed<DeliveryReport> }
  | { referenced: Parsed<ReferencedReport> };

/** The events that the app reads. Event Grid may deliver others, which are ignored. */
const readers = new Map<string, (event: GridEvent, deps: EventDeps) => Taken>([
  ['Microsoft.Communication.SMSReceived', (event) => ({ inbound: parseReceivedSms(event) })],
  ['Microsoft.Communication.SMSDeliveryReportReceived', (event, { now }) => ({ report: parseSmsReport(event, now()) })],
  [
    'Microsoft.Communication.AdvancedMessageReceived',
    (event, { numbers }) => ({ inbound: parseReceivedMessage(event, numbers) }),
  ],
  [
    'Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated',
    (event, { now }) => ({ referenced: parseMessageStatus(event, now()) }),
  ],
]);

const nothing = { reports: [], templates: [], inbound: [] } as const;

/** The result for a call without events that expects a certain answer. */
const answered = (answer: WebhookAnswer): WebhookEvents => ({
  reports: [...nothing.reports],
  templates: [...nothing.templates],
  inbound: [...nothing.inbound],
  answer,
});

/**
 * Parses a call of Event Grid: one of its two handshakes, or events. It skips malformed events, since a refusal would
 * lose the others in the call.
 *
 * @throws {WebhookRefused} 400 if all events that the app reads are malformed
 */
export function parseWebhook(request: WebhookRequest, deps: EventDeps): WebhookEvents {
  if (request.method === 'OPTIONS') return answered(allowOrigin(request.headers));
  const events = parseEvents(request.body);
  const validation = events.find(({ type }) => type === 'Microsoft.EventGrid.SubscriptionValidationEvent');
  if (validation !== undefined) return answered(confirmSubscription(validation));
  const taken = events.flatMap((event): Taken[] => {
    const reader = readers.get(event.type);
    return reader === undefined ? [] : [reader(event, deps)];
  });
  const results = taken.flatMap((each) => Object.values(each) as Parsed<object>[]);
  if (results.length > 0 && results.every((result) => result === 'senseless')) {
    throw new WebhookRefused(400, 'no event has the required fields');
  }
  return {
    templates: [],
    reports: some(taken.map((each) => ('report' in each ? each.report : undefined))),
    referenced: some(taken.map((each) => ('referenced' in each ? each.referenced : undefined))),
    inbound: some(taken.map((each) => ('inbound' in each ? each.inbound : undefined))),
  };
}

function some<Result>(results: readonly Parsed<Result>[]): Result[] {
  return results.filter((result) => result !== undefined && result !== 'senseless') as Result[];
}

/** Answers the handshake in the format of Event Grid: status 200 with the code of the call. */
function confirmSubscription({ data }: GridEvent): WebhookAnswer {
  const code = textOf(data['validationCode']);
  if (code === undefined) throw new WebhookRefused(400, 'the handshake has no code');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ validationResponse: code }),
  };
}

/** Answers the handshake of CloudEvents (HTTP 1.1 Web Hooks for Event Delivery 1.0, 4.2): permits the asking origin. */
function allowOrigin(headers: WebhookRequest['headers']): WebhookAnswer {
  const origin = headers.get('webhook-request-origin');
  if (origin === undefined) throw new WebhookRefused(400, 'the handshake names no origin');
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' }, body: '' };
}
