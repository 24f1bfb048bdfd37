import { inboundProtocols } from '../../conversations/index.ts';
import type { AnnouncedAttachment, InboundEvent } from '../../conversations/index.ts';
import type { DeliveryReport } from '../../messages/index.ts';
import type { TemplateStatusUpdate } from '../../templates/index.ts';
import { WebhookRefused, type WebhookEvents } from '../carrier.ts';
import { parseJson } from '../parse-json.ts';

/** Our statuses for the carrier's words. */
const statuses = new Map<unknown, DeliveryReport['status']>([
  ['buffered', 'sent'],
  ['delivered', 'delivered'],
  ['undelivered', 'undelivered'],
  ['expired', 'expired'],
]);

const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

const isFilledText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Parses a time in ISO 8601; returns an invalid date if the value is anything else. */
const parseTime = (value: unknown): Date => new Date(typeof value === 'string' ? value : Number.NaN);

function parseReport(value: unknown, index: number): DeliveryReport {
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `reports[${index}] ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { id, status: word, code, message, at: time } = value as Record<string, unknown>;
  if (!isFilledText(id)) return refuse('has no id');
  const status = statuses.get(word) ?? refuse('has a status that is not known');
  if (!isOptionalText(code) || !isOptionalText(message)) return refuse('has a code or message that is not a text');
  const at = parseTime(time);
  if (Number.isNaN(at.getTime())) return refuse('has no time');
  return {
    recipientId: id,
    status,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    at,
  };
}

/** Our statuses of templates for the carrier's words. */
const templateStatuses = new Map<unknown, TemplateStatusUpdate['status']>([
  ['pending', 'pending'],
  ['approved', 'approved'],
  ['rejected', 'rejected'],
]);

function parseTemplateStatus(value: unknown, index: number): TemplateStatusUpdate {
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `templates[${index}] ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { identity, name, status: word, reason } = value as Record<string, unknown>;
  if (!isFilledText(identity)) return refuse('has no identity');
  if (!isFilledText(name)) return refuse('has no name');
  const status = templateStatuses.get(word) ?? refuse('has a status that is not known');
  if (!isOptionalText(reason)) return refuse('has a reason that is not a text');
  return { identity, name, status, ...(reason !== undefined && { reason }) };
}

function parseAttachment(value: unknown, place: string): AnnouncedAttachment {
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `${place} ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { id, name, mimeType } = value as Record<string, unknown>;
  if (!isFilledText(id)) return refuse('has no id');
  if (!isFilledText(name)) return refuse('has no name');
  if (!isFilledText(mimeType)) return refuse('has no mimeType');
  return { reference: id, name, mimeType };
}

function parseInbound(value: unknown, index: number): InboundEvent {
  const place = `inbound[${index}]`;
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `${place} ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { id, sender, recipient, content, attachments, buttonReply, ...rest } = value as Record<string, unknown>;
  if (!isFilledText(id)) return refuse('has no id');
  if (!isFilledText(sender)) return refuse('has no sender');
  if (!isFilledText(recipient)) return refuse('has no recipient');
  const protocol = inboundProtocols.find((known) => known === rest['protocol']) ?? refuse('has no known protocol');
  if (typeof content !== 'string') return refuse('has no content');
  const at = parseTime(rest['at']);
  if (Number.isNaN(at.getTime())) return refuse('has no time');
  if (!Array.isArray(attachments)) return refuse('has no list of attachments');
  if (!isOptionalText(buttonReply)) return refuse('has a buttonReply that is not a text');
  return {
    carrierMessageId: id,
    sender,
    recipient,
    protocol,
    content,
    at,
    attachments: attachments.map((each, position) => parseAttachment(each, `${place}.attachments[${position}]`)),
    ...(buttonReply !== undefined && { buttonReply }),
  };
}

/** The lists that a call can contain; at least one of them is required. */
const lists = ['reports', 'templates', 'inbound'] as const;

/**
 * Parses the body of a call: delivery reports, template status updates and inbound messages.
 *
 * @throws {WebhookRefused} 400 if the body has none of these lists, or if an entry is malformed
 */
export function parseWebhook(body: Uint8Array): WebhookEvents {
  const parsed = parseJson(body);
  const fields = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  if (lists.every((name) => fields[name] === undefined)) {
    throw new WebhookRefused(400, 'the body has no list of reports');
  }
  const listOf = (name: (typeof lists)[number]): unknown[] => {
    const { [name]: list = [] } = fields;
    if (!Array.isArray(list)) throw new WebhookRefused(400, `the body has no list of ${name}`);
    return list;
  };
  return {
    reports: listOf('reports').map(parseReport),
    templates: listOf('templates').map(parseTemplateStatus),
    inbound: listOf('inbound').map(parseInbound),
  };
}
