import type { InboundEvent } from '../conversations/index.ts';
import { isMessageId } from '../messages/index.ts';
import type { ReportJournal } from '../messages/reports/report-journal.ts';
import type { CarrierIdStore, DeliveryReport, ReferencedReport } from '../messages/index.ts';
import { UnavailableError } from '../core/unavailable-error.ts';
import { readBody } from '../operation/read-body.ts';
import type { BodySource } from '../operation/read-body.ts';
import type { TemplateStatusUpdate, TemplateRegistry } from '../templates/index.ts';
import { WebhookRefused } from './carrier.ts';
import type { Carrier, WebhookAnswer } from './carrier.ts';

/** The part of an HTTP request that a webhook needs; `HttpRequest` of @azure/functions is one. */
export interface WebhookCall extends BodySource {
  method: string;
  url: string;
  headers: BodySource['headers'] & Iterable<[string, string]>;
}

/** The largest webhook call that is read, in bytes: it is held before its signature can be checked. */
const webhookLimit = 4 * 1024 * 1024;

/** How many ids of each kind a line of the log may hold; a call may bring thousands. */
const idsInLog = 20;

/** Who takes what a webhook call brings. */
export interface WebhookDeps {
  reports: ReportJournal;
  templates: TemplateRegistry;
  /** Resolves to ids when the messages are kept; a repeated one must not be kept twice. */
  inbound: { record(carrier: string, events: readonly InboundEvent[]): Promise<readonly string[]> };
  /** Whose recipient a carrier's id is. */
  carriers: { ids: Pick<CarrierIdStore, 'find'> };
  now: () => Date;
}

/** What a webhook call led to: the carrier gets the status, the log gets the rest. */
export interface WebhookResult {
  status: number;
  reports: number;
  /** The messages that reports are of, and those of phones; the first {@link idsInLog} of each. */
  messageIds?: string[];
  inboundIds?: string[];
  templates?: number;
  /** Templates of which nobody here knows; the carrier can't mend that, so it isn't told. */
  unknownTemplates?: string[];
  /** Messages of phones. */
  inbound?: number;
  /** Reports on messages that are not ours, or that were never noted. */
  foreignReports?: number;
  reason?: string;
}

/**
 * Takes a carrier's call: checked, parsed, stored, and only then acknowledged. Rejects where storage fails, so that the
 * carrier is told to call again.
 */
export async function receiveWebhook(
  carrier: Carrier,
  call: WebhookCall,
  deps: WebhookDeps,
): Promise<WebhookResult & { answer?: WebhookAnswer }> {
  const body = await readBody(call, webhookLimit);
  if (body === 'tooLarge') return { status: 413, reports: 0, reason: 'the body is too large' };
  try {
    const query = URL.parse(call.url)?.search ?? '';
    const request = { method: call.method, query, headers: new Map(call.headers), body };
    const { reports: named, referenced = [], templates, inbound, answer } = await carrier.receive(request);
    const { found, foreign, missing } = await resolveReferences(carrier.name, referenced, deps);
    const reports = [...named, ...found];
    await deps.reports.record(reports);
    const unknownTemplates = await recordTemplates(templates, deps.templates);
    const inboundIds = inbound.length === 0 ? [] : await deps.inbound.record(carrier.name, inbound);
    // The others are recorded; what is then repeated changes nothing.
    if (missing !== undefined) throw new UnavailableError(`What is known of the message ${missing}`, undefined);
    return {
      status: answer?.status ?? 200,
      ...(answer === undefined ? {} : { answer }),
      reports: reports.length,
      ...(foreign === 0 ? {} : { foreignReports: foreign }),
      ...some('messageIds', messageIdsOf(reports)),
      ...some('inboundIds', inboundIds),
      ...(templates.length === 0 ? {} : { templates: templates.length }),
      ...(unknownTemplates.length === 0 ? {} : { unknownTemplates }),
      ...(inbound.length === 0 ? {} : { inbound: inbound.length }),
    };
  } catch (error) {
    if (error instanceof WebhookRefused) return { status: error.status, reports: 0, reason: error.message };
    throw error;
  }
}

/**
 * Seconds within which what a carrier reports on may not have been noted yet: the worker that sent it is at it, or its
 * answer was lost and it asks again.
 */
const notingSeconds = 3_600;

/**
 * Finds whose recipients references are of. `missing` is one that is not known and may yet be noted, so that the carrier
 * is to call again; an older one is somebody else's.
 */
async function resolveReferences(
  carrier: string,
  referenced: readonly ReferencedReport[],
  { carriers, now }: WebhookDeps,
): Promise<{ found: DeliveryReport[]; foreign: number; missing?: string }> {
  const found: DeliveryReport[] = [];
  let foreign = 0;
  let missing: string | undefined;
  for (const { reference, ...report } of referenced) {
    const known = await carriers.ids.find(carrier, reference);
    if (known !== undefined) found.push({ ...report, recipientId: known.value });
    else if (now().getTime() - report.at.getTime() > notingSeconds * 1000) foreign += 1;
    else missing ??= reference;
  }
  return { found, foreign, ...(missing === undefined ? {} : { missing }) };
}

function messageIdsOf(reports: readonly DeliveryReport[]): string[] {
  const ids = reports.map(({ recipientId }) => recipientId.split('-', 1)[0] ?? '');
  return [...new Set(ids.filter(isMessageId))];
}

function some<Name extends string>(name: Name, ids: readonly string[]): { [Key in Name]?: string[] } {
  return (ids.length === 0 ? {} : { [name]: ids.slice(0, idsInLog) }) as { [Key in Name]?: string[] };
}

/** Records one after the other, since the later word on a template counts. Gives those that nobody knows. */
async function recordTemplates(news: readonly TemplateStatusUpdate[], registry: TemplateRegistry): Promise<string[]> {
  const unknown: string[] = [];
  for (const each of news) {
    if ((await registry.record(each)) === 'unknown') unknown.push(`${each.identity}/${each.name}`);
  }
  return unknown;
}
