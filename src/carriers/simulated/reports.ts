import { createHmac } from 'node:crypto';

const maximumCallsInFlight = 16;
const callTimeoutMs = 10_000;

/** Milliseconds to wait after the n-th failure in a row (n from 1): half a second, doubling up to half a minute. */
export function retryDelayMs(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), 30_000);
}

/** Something that a client is to be told. */
export interface Owed {
  /** Tells it from everything else that is owed. */
  key: string;
  reportUrl: string;
  /** Unix time in milliseconds. */
  dueAt: number;
}

/** Reports that go in one call, to one address. */
interface Batch<Report> {
  url: string;
  reports: readonly Report[];
  failures: number;
}

/** Calls clients back. Holds timers and calls under way; `stop` ends them, and what is undelivered stays undelivered. */
export interface ReportSender<Report> {
  /** Sends each report when it falls due, and again until its receiver answers 2xx. */
  schedule(reports: readonly Report[]): void;
  stop(): void;
}

/** What fetch says of trouble is only 'fetch failed'; its cause tells more. */
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
 * Creates a sender of reports: those that are ready together for one address share a call of up to `perCall`, and at
 * most 16 calls are under way.
 *
 * @param settings.bodyOf what a call says, as JSON.
 * @param settings.perCall how many reports share a call at most; 100 by default.
 * @param settings.delivered told after each call that its receiver confirmed.
 * @param settings.log told of each failed call, in one line.
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
    // Put back at the end, so that a busy address doesn't starve the others.
    ready.delete(url);
    if (waiting.length > 0) ready.set(url, waiting);
    return { url, reports, failures: 0 };
  };

  /** Resolves to what went wrong, or undefined after a 2xx. */
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
    log(`${batch.reports.length} reports to ${batch.url}: ${problem}; next attempt in ${delayMs / 1000} s`);
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
        .catch((error: unknown) => log(`reports to ${batch.url} were not recorded: ${describeFailure(error)}`))
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
    // Timers of one instant fire one after the other; only when all have, it is known what can share a call.
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
