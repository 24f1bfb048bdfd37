import type { ReportJournal } from '../messages/index.ts';
import { WebhookRefused } from './carrier.ts';
import type { Carrier } from './carrier.ts';

/** The part of an HTTP request that a webhook needs; `HttpRequest` of @azure/functions is one. */
export interface WebhookCall {
  method: string;
  headers: Iterable<[string, string]>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a webhook call led to: the carrier gets the status, the log gets the rest. */
export interface WebhookResult {
  status: number;
  reports: number;
  reason?: string;
}

/**
 * Takes a carrier's call: checked, parsed, stored, and only then acknowledged. Rejects where storage fails, so that the
 * carrier is told to call again.
 */
export async function receiveWebhook(
  carrier: Carrier,
  call: WebhookCall,
  journal: ReportJournal,
): Promise<WebhookResult> {
  const body = new Uint8Array(await call.arrayBuffer());
  try {
    const { reports } = carrier.receive({ method: call.method, headers: new Map(call.headers), body });
    await journal.record(reports);
    return { status: 200, reports: reports.length };
  } catch (error) {
    if (error instanceof WebhookRefused) return { status: error.status, reports: 0, reason: error.message };
    throw error;
  }
}
