import type { InboundEvent } from '../conversations/index.ts';
import { isMessageId } from '../messages/index.ts';
import type { ReportJournal } from '../messages/index.ts';
import type { CarrierIdStore, DeliveryReport, ReferencedReport } from '../messages/index.ts';
import { UnavailableError } from '../core/unavailable-error.ts';
import { readBody } from '../core/read-body.ts';
import type { BodySource } from '../core/read-body.ts';
import type { TemplateStatusUpdate, TemplateRegistry } from '../templates/index.ts';
import { WebhookRefused } from './carrier.ts';
import type { Carrier, WebhookAnswer } from './carrier.ts';

/** The part of an HTTP request that a webhook needs; `HttpRequest` of @azure/functions is one. */
export interface WebhookCall extends BodySource {
  method: string;
  url: string;
  headers: BodySource['headers'] & Iterable<[string, string]>;
}

/** The maximum size of a webhook call in bytes: the whole body is in memory before its signature can be checked. */
const webhookLimit = 4 * 1024 * 1024;

/** The maximum number of ids of each kind in one line of the log; a call may bring thousands. */
const idsInLog = 20;

/** Where the events of webhook calls are recorded. */
export interface WebhookDeps {
  reports: ReportJournal;
  templates: TemplateRegistry;
  /** Stores inbound messages and resolves to their ids. A repeated message must not be stored twice. */
  inbound: { record(carrier: string, events: readonly InboundEvent[]): Promise<readonly string[]> };
  /** Finds the recipient for a carrier's id. */
  carriers: { ids: Pick<CarrierIdStore, 'find'> };
  now: () => Date;
}

/** The result of a webhook call: the carrier gets the status, the log gets the rest. */
export interface WebhookResult {
  status: number;
  /** The number of delivery reports. */
  reports: number;
  /** The messages that the reports are about; the first {@link idsInLog}. */
  messageIds?: string[];
  /** The inbound messages; the first {@link idsInLog}. */
  inboundIds?: string[];
  /** The number of template status updates. */
  templates?: number;
  /**
   * Templates that are not in the registry. The carrier gets no error for them, since it can't do anything about it.
   */
  unknownTemplates?: string[];
  /** The number of inbound messages. */
  inbound?: number;
  /** The number of reports on messages that are not ours, or whose carrier's id was never stored. */
  foreignReports?: number;
  /** Why the call was refused. */
  reason?: string;
}

/**
 * Receives a webhook call: checks it, parses it, stores its events, and only then acknowledges it. Rejects if storage
 * fails, so that the carrier calls again.
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
    // The other events are recorded; when the carrier repeats them, they change nothing.
    if (missing !== undefined)
      throw new UnavailableError(`The recipient of the carrier's message ${missing}`, undefined);
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
 * How long the carrier's id of a message may be missing after the event, in seconds: the worker may not have stored it
 * yet, or the carrier's answer was lost and the worker submits the message again.
 */
const notingSeconds = 3_600;

/**
 * Finds the recipients of reports that name a message by the carrier's id. `missing` is an unknown id that may still be
 * stored, so the carrier has to call again. Reports with unknown ids that are older count as foreign.
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

/** Records updates one after the other, because the last one on a template counts. Resolves to unknown templates. */
async function recordTemplates(
  updates: readonly TemplateStatusUpdate[],
  registry: TemplateRegistry,
): Promise<string[]> {
  const unknown: string[] = [];
  for (const each of updates) {
    if ((await registry.record(each)) === 'unknown') unknown.push(`${each.identity}/${each.name}`);
  }
  return unknown;
}
