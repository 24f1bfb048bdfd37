import { createHmac } from 'node:crypto';

import { count } from '../../core/plural.ts';

const maximumCallsInFlight = 16;
const callTimeoutMs = 10_000;

/** How long to wait after the n-th failure in a row (n from 1): 500 ms, doubled each time, up to 30,000 ms. */
export function retryDelayMs(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), 30_000);
}

/** An event to report to a client. */
export interface Owed {
  /** Unique among everything that is owed. */
  key: string;
  reportUrl: string;
  /** Unix time in milliseconds. */
  dueAt: number;
}

/** Reports that share one call to one address. */
interface Batch<Report> {
  url: string;
  reports: readonly Report[];
  failures: number;
}

/** Calls clients back. */
export interface ReportSender<Report> {
  /** Sends each report when it is due, and repeats it until the receiver answers 2xx. */
  schedule(reports: readonly Report[]): void;
  /** Ends all timers and calls. Undelivered reports stay undelivered. */
  stop(): void;
}

/** Describes an error. The message of fetch is only 'fetch failed', so the cause is preferred. */
const describeFailure = (error: unknown): string =>
  String(error instanceof Error && error.cause !== undefined ? error.cause : error);

/** Signs a body: HMAC-SHA-256 over the timestamp (Unix seconds), a full stop and the raw body, in hexadecimal. */
function signedHeaders(secret: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    'content-type': 'application/json',
    'x-simulated-timestamp': timestamp,
    'x-simulated-signature': `sha256=${digest}`,
  };
}

/**
 * Creates a sender of reports. Reports to one address that are due at the same time share a call. At most 16 calls are
 * in progress at once.
 *
 * @param settings.bodyOf makes the body of a call, which is sent as JSON
 * @param settings.perCall the maximum number of reports in a call; default: 100
 * @param settings.delivered called with the keys of the reports after each call that the receiver confirmed
 * @param settings.log called with one line for each failed call
 */
export function createReportSender<Report extends Owed>(settings: {
  secret: string;
  now: () => Date;
  bodyOf: (reports: readonly Report[]) => object;
  perCall?: number;
  delivered: (keys: string[]) => Promise<void>;
  log: (line: string) => void;
}): ReportSender<Report> {
  const { secret, now, bodyOf, perCall = 100, delivered, log } = settings;
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const ready = new Map<string, Report[]>();
  const readyAgain: Batch<Report>[] = [];
  let callsInFlight = 0;
  let pumpingSoon = false;

  const later = (delayMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  };

  const nextBatch = (): Batch<Report> | undefined => {
    const again = readyAgain.shift();
    if (again !== undefined) return again;
    const [first] = ready;
    if (first === undefined) return undefined;
    const [url, waiting] = first;
    const reports = waiting.splice(0, perCall);
    // The rest goes to the end of the queue, so that a busy address doesn't starve the others.
    ready.delete(url);
    if (waiting.length > 0) ready.set(url, waiting);
    return { url, reports, failures: 0 };
  };

  /** Makes a call. Resolves to a description of the failure, or to undefined after a 2xx. */
  const call = async ({ url, reports }: Batch<Report>): Promise<string | undefined> => {
    const body = JSON.stringify(bodyOf(reports));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: signedHeaders(secret, body, now()),
        body,
        redirect: 'manual',
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(callTimeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `answered ${response.status}`;
    } catch (error) {
      return describeFailure(error);
    }
  };

  const deliver = async (batch: Batch<Report>): Promise<void> => {
    const problem = await call(batch);
    if (problem === undefined) return delivered(batch.reports.map(({ key }) => key));
    if (stopping.signal.aborted) return;
    const failures = batch.failures + 1;
    const delayMs = retryDelayMs(failures);
    const reports = count(batch.reports.length, 'report');
    log(`${reports} to ${batch.url}: ${problem}; next attempt in ${delayMs / 1000} s`);
    later(delayMs, () => {
      readyAgain.push({ ...batch, failures });
      pump();
    });
  };

  const pump = (): void => {
    while (callsInFlight < maximumCallsInFlight && !stopping.signal.aborted) {
      const batch = nextBatch();
      if (batch === undefined) return;
      callsInFlight += 1;
      deliver(batch)
        .catch((error: unknown) =>
          log(`the delivery of reports to ${batch.url} was not recorded: ${describeFailure(error)}`),
        )
        .finally(() => {
          callsInFlight -= 1;
          pump();
        });
    }
  };

  const makeReady = (due: readonly Report[]): void => {
    for (const report of due) {
      const waiting = ready.get(report.reportUrl);
      if (waiting === undefined) ready.set(report.reportUrl, [report]);
      else waiting.push(report);
    }
    if (pumpingSoon) return;
    // Timers of one instant fire one after the other. Only after all of them is it known which reports can share a
    // call.
    pumpingSoon = true;
    setImmediate(() => {
      pumpingSoon = false;
      pump();
    });
  };

  return {
    schedule(reports) {
      const from = now().getTime();
      const byDelay = Map.groupBy(reports, ({ dueAt }) => Math.max(0, dueAt - from));
      for (const [delayMs, due] of byDelay) later(delayMs, () => makeReady(due));
    },
    stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
