import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInbox, type InboxEntry, type OwedReport } from './inbox.ts';
import { createVoidJournal, openJournal } from './journal.ts';
import { createReportSender } from './reports.ts';
import { BadSubmission, parseSubmission } from './submission.ts';
import { createTemplateShelf, isTemplateEntry, type OwedVerdict, type TemplateEntry } from './template-shelf.ts';
import { parseTemplateSubmission } from './template-submission.ts';

/** How a simulated carrier is run. */
export interface SimulatedCarrierOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** What clients submit with, as a bearer token. */
  apiKey: string;
  /** What delivery reports are signed with. */
  webhookSecret: string;
  /** Milliseconds between the events of one message; 150 by default. */
  latencyMs?: number;
  /** Milliseconds from a template to the verdict on it; 2,000 by default. */
  approvalMs?: number;
  /** Keeps messages, templates and undelivered reports over restarts; without it they live in memory. */
  stateFile?: string;
  now?: () => Date;
  log?: (line: string) => void;
}

/** An answer in the making. */
interface Answer {
  status: number;
  body: unknown;
}

// A hundred texts of 255 parts, 153 characters each and up to four bytes a character, come to 15.6 MB.
const maximumBodyBytes = 16 * 1024 * 1024;

const problem = (status: number, code: string, message: string): Answer => ({ status, body: { code, message } });

/** The body as text, or undefined where it is too large; then it is read to its end all the same, but not kept. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maximumBodyBytes) chunks.push(chunk);
  }
  return length > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** Everything that the journal keeps. */
type Entry = InboxEntry | TemplateEntry;

const wireReport = ({ recipientId, status, reason, happenedAt }: OwedReport) => ({
  id: recipientId,
  status,
  ...reason,
  at: new Date(happenedAt).toISOString(),
});

const wireVerdict = ({ identity, name, status, reason }: OwedVerdict) => ({ identity, name, status, reason });

function writeAnswer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

/**
 * Starts a carrier on the loopback interface that takes messages as a real one does, shows what each phone received
 * and calls back with signed delivery reports. What becomes of a message is decided by the phone's number. It also
 * takes WhatsApp templates, and calls back with its verdict: a display name that contains "reject" is rejected.
 *
 * - `POST /messages` (bearer key) takes up to 100 messages and answers 202 with a result for each.
 * - `GET /messages?address=358…` lists a phone's messages, newest first.
 * - `POST /templates` (bearer key) takes a template and answers 202 with its reference.
 * - `GET /templates` lists the templates, newest first.
 * - `GET /health` answers 200.
 *
 * Rejects where the port is taken or the state file can't be used.
 */
export async function startSimulatedCarrier(
  options: SimulatedCarrierOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { port, apiKey, webhookSecret, latencyMs = 150, approvalMs = 2_000, stateFile } = options;
  const { now = () => new Date(), log = () => {} } = options;
  const inbox = createInbox(latencyMs);
  const shelf = createTemplateShelf(approvalMs);
  const journal = stateFile === undefined ? createVoidJournal<Entry>() : await openJournal<Entry>(stateFile);
  for (const entry of journal.entries) {
    if (isTemplateEntry(entry)) shelf.apply(entry);
    else inbox.apply(entry);
  }
  const reports = createReportSender<OwedReport>({
    secret: webhookSecret,
    now,
    log,
    bodyOf: (owed) => ({ reports: owed.map(wireReport) }),
    delivered: (keys) => journal.append([{ kind: 'reported', keys }]),
  });
  const verdicts = createReportSender<OwedVerdict>({
    secret: webhookSecret,
    now,
    log,
    bodyOf: (owed) => ({ templates: owed.map(wireVerdict) }),
    delivered: (keys) => journal.append([{ kind: 'templateReported', keys }]),
  });

  /** Lets clients in by their key, and gives what they submit to `take`. */
  const admit = async (request: IncomingMessage, take: (text: string) => Promise<Answer>): Promise<Answer> => {
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      return problem(401, 'Unauthorised', 'The Authorization header must be Bearer and the API key.');
    }
    const text = await readBody(request);
    return text === undefined ? problem(413, 'TooLarge', `The body may have ${maximumBodyBytes} bytes.`) : take(text);
  };

  const takeMessages = async (text: string): Promise<Answer> => {
    const submission = parseSubmission(text);
    const receivedAt = now().getTime();
    const decided = submission.messages.map((message) => inbox.submit(message, submission.reportUrl, receivedAt));
    try {
      await journal.append(decided.flatMap(({ entry }) => entry ?? []));
    } finally {
      // The phones have the messages already, and a repeated submission brings no second chance to report.
      reports.schedule(decided.flatMap(({ owed }) => owed ?? []));
    }
    return { status: 202, body: { results: decided.map(({ result }) => result) } };
  };

  const takeTemplate = async (text: string): Promise<Answer> => {
    const { template, reportUrl } = parseTemplateSubmission(text);
    const decided = shelf.submit(template, reportUrl, now().getTime());
    if ('refused' in decided) return problem(409, decided.refused.code, decided.refused.message);
    try {
      await journal.append([decided.entry]);
    } finally {
      verdicts.schedule(decided.owed);
    }
    return { status: 202, body: { reference: decided.reference } };
  };

  const list = (address: string | null | undefined): Answer => {
    // An unescaped `+` arrives as a blank.
    const digits = address?.replace(/^[\s+]+/, '');
    return { status: 200, body: inbox.list(now().getTime(), digits) };
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
    switch (`${request.method} ${url?.pathname}`) {
      case 'POST /messages':
        return admit(request, takeMessages);
      case 'GET /messages':
        return list(url?.searchParams.get('address'));
      case 'POST /templates':
        return admit(request, takeTemplate);
      case 'GET /templates':
        return { status: 200, body: shelf.list(now().getTime()) };
      case 'GET /health':
        return { status: 200, body: { status: 'healthy' } };
      default:
        return problem(404, 'NotFound', `There is no ${request.method} ${request.url}.`);
    }
  };

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => {
        if (error instanceof BadSubmission) return problem(400, 'BadRequest', error.message);
        log(`${request.method} ${request.url}: ${String(error)}`);
        return problem(500, 'InternalError', 'The simulated carrier failed; its log says why.');
      })
      .then((made) => writeAnswer(response, made))
      .catch((error: unknown) => log(`${request.method} ${request.url}: ${String(error)}`));
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    await journal.close();
    throw error;
  }
  reports.schedule(inbox.owed());
  verdicts.schedule(shelf.owed());

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      reports.stop();
      verdicts.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await journal.close();
    },
  };
}
