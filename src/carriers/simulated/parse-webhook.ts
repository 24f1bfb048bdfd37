import type { DeliveryReport } from '../../messages/index.ts';
import type { TemplateNews } from '../../templates/index.ts';
import { WebhookRefused, type WebhookEvents } from '../carrier.ts';

/** Our word for each of the carrier's. */
const statuses = new Map<unknown, DeliveryReport['status']>([
  ['buffered', 'sent'],
  ['delivered', 'delivered'],
  ['undelivered', 'undelivered'],
  ['expired', 'expired'],
]);

const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

function parseReport(value: unknown, index: number): DeliveryReport {
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `reports[${index}] ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { id, status: word, code, message, at: time } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '') return refuse('has no id');
  const status = statuses.get(word) ?? refuse('has a status that is not known');
  if (!isOptionalText(code) || !isOptionalText(message)) return refuse('has a code or message that is not a text');
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(at.getTime())) return refuse('has no time');
  return {
    recipientId: id,
    status,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    at,
  };
}

/** The carrier's words are ours. */
const verdicts = new Map<unknown, TemplateNews['status']>([
  ['pending', 'pending'],
  ['approved', 'approved'],
  ['rejected', 'rejected'],
]);

function parseVerdict(value: unknown, index: number): TemplateNews {
  const refuse = (what: string): never => {
    throw new WebhookRefused(400, `templates[${index}] ${what}`);
  };
  if (typeof value !== 'object' || value === null) return refuse('is not an object');
  const { identity, name, status: word, reason } = value as Record<string, unknown>;
  if (typeof identity !== 'string' || identity === '') return refuse('has no identity');
  if (typeof name !== 'string' || name === '') return refuse('has no name');
  const status = verdicts.get(word) ?? refuse('has a status that is not known');
  if (!isOptionalText(reason)) return refuse('has a reason that is not a text');
  return { identity, name, status, ...(reason !== undefined && { reason }) };
}

/**
 * Reads a call's body; throws {@link WebhookRefused} with 400 where it is neither a list of delivery reports nor one of
 * verdicts on templates.
 */
export function parseWebhook(body: Uint8Array): WebhookEvents {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new WebhookRefused(400, 'the body is not JSON');
  }
  const fields = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  const { templates, reports = templates === undefined ? undefined : [] } = fields;
  if (!Array.isArray(reports)) throw new WebhookRefused(400, 'the body has no list of reports');
  if (templates !== undefined && !Array.isArray(templates)) {
    throw new WebhookRefused(400, 'the body has no list of templates');
  }
  return { reports: reports.map(parseReport), templates: (templates ?? []).map(parseVerdict) };
}
