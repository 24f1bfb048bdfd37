import type { ReportJournal } from '../messages/index.ts';
import { readBody } from '../operation/read-body.ts';
import type { BodySource } from '../operation/read-body.ts';
import type { TemplateNews, TemplateRegistry } from '../templates/index.ts';
import { WebhookRefused } from './carrier.ts';
import type { Carrier } from './carrier.ts';

/** The part of an HTTP request that a webhook needs; `HttpRequest` of @azure/functions is one. */
export interface WebhookCall extends BodySource {
  method: string;
  headers: BodySource['headers'] & Iterable<[string, string]>;
}

/** The largest webhook call that is read, in bytes: it is held before its signature can be checked. */
const webhookLimit = 4 * 1024 * 1024;

/** Who takes what a webhook call brings. */
export interface WebhookTakers {
  reports: ReportJournal;
  templates: TemplateRegistry;
}

/** What a webhook call led to: the carrier gets the status, the log gets the rest. */
export interface WebhookResult {
  status: number;
  reports: number;
  templates?: number;
  /** Templates of which nobody here knows; the carrier can't mend that, so it isn't told. */
  unknownTemplates?: string[];
  reason?: string;
}

/**
 * Takes a carrier's call: checked, parsed, stored, and only then acknowledged. Rejects where storage fails, so that the
 * carrier is told to call again.
 */
export async function receiveWebhook(
  carrier: Carrier,
  call: WebhookCall,
  takers: WebhookTakers,
): Promise<WebhookResult> {
  const body = await readBody(call, webhookLimit);
  if (body === 'tooLarge') return { status: 413, reports: 0, reason: 'the body is too large' };
  try {
    const { reports, templates } = carrier.receive({ method: call.method, headers: new Map(call.headers), body });
    await takers.reports.record(reports);
    const unknownTemplates = await recordTemplates(templates, takers.templates);
    return {
      status: 200,
      reports: reports.length,
      ...(templates.length === 0 ? {} : { templates: templates.length }),
      ...(unknownTemplates.length === 0 ? {} : { unknownTemplates }),
    };
  } catch (error) {
    if (error instanceof WebhookRefused) return { status: error.status, reports: 0, reason: error.message };
    throw error;
  }
}

/** Records one after the other, since the later word on a template counts. Gives those that nobody knows. */
async function recordTemplates(news: readonly TemplateNews[], registry: TemplateRegistry): Promise<string[]> {
  const unknown: string[] = [];
  for (const each of news) {
    if ((await registry.record(each)) === 'unknown') unknown.push(`${each.identity}/${each.name}`);
  }
  return unknown;
}
