import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBody, problem, writeAnswer, type Answer } from './answer.ts';
import { parseInboundSubmission } from './inbound-submission.ts';
import { createInbox, type InboxEntry, type OwedReport } from './inbox.ts';
import { createVoidJournal, openJournal } from './journal.ts';
import { defaultLatencyMs } from './outcomes.ts';
import {
  createPhoneMessages,
  isInboundEntry,
  owedFor,
  takeMessage,
  wireInbound,
  type InboundEntry,
  type OwedInbound,
} from './phone-messages.ts';
import { createReportSender } from './reports.ts';
import { BadSubmission, parseSubmission } from './submission.ts';
import { createTemplateShelf, isTemplateEntry, type OwedVerdict, type TemplateEntry } from './template-shelf.ts';
import { parseTemplateSubmission } from './template-submission.ts';

/** How to run a simulated carrier. */
export interface SimulatedCarrierOptions {
  /** The port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** The bearer token that clients must send. */
  apiKey: string;
  /** The secret that signs calls to clients. */
  webhookSecret: string;
  /** The time between the events of one message, in milliseconds. Default: {@link defaultLatencyMs}. */
  latencyMs?: number;
  /** The time from the submission of a template to its status update, in milliseconds. Default: 2,000. */
  approvalMs?: number;
  /** Whether a message with a repeated id sends nothing. Default: true. */
  recognisesRepeats?: boolean;
  /** The client's address for inbound messages. If absent, no inbound messages can be played. */
  inboundUrl?: string;
  /** The file that keeps messages, templates and undelivered reports over restarts. If absent, they are in memory. */
  stateFile?: string;
  now?: () => Date;
  log?: (line: string) => void;
}

/** A line of the journal. */
type Entry = InboxEntry | TemplateEntry | InboundEntry;

// Keeps a call small even with long texts: a receiver would refuse a call that is too large each time.
const inboundPerCall = 10;

const wireReport = ({ recipientId, status, reason, happenedAt }: OwedReport) => ({
  id: recipientId,
  status,
  ...reason,
  at: new Date(happenedAt).toISOString(),
});

const wireStatusUpdate = ({ identity, name, status, reason }: OwedVerdict) => ({ identity, name, status, reason });

/**
 * Starts a carrier on the loopback interface. It accepts messages as a real carrier does, shows what each phone
 * received, and calls back with signed delivery reports. The phone's number decides the outcome of a message. The
 * carrier also accepts WhatsApp templates and calls back with their status updates: it rejects a template whose display
 * name contains "reject". Inbound messages can be played, and go to the client.
 *
 * - `POST /messages` (bearer key) takes up to 100 messages and answers 202 with a result for each.
 * - `GET /messages?address=358…` lists a phone's messages, newest first.
 * - `POST /templates` (bearer key) takes a template and answers 202 with its reference.
 * - `GET /templates` lists the templates, newest first.
 * - `POST /inbound` plays an inbound message, sends it to the client, and answers 202 with the carrier's id of it.
 * - `GET /media/…` (bearer key) returns the bytes of an attachment; a name of an attachment can ask for a failure.
 * - `GET /health` answers 200.
 *
 * Rejects if the port is in use or the state file can't be used.
 */
export async function startSimulatedCarrier(
  options: SimulatedCarrierOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const {
    port,
    apiKey,
    webhookSecret,
    latencyMs = defaultLatencyMs,
    approvalMs = 2_000,
    recognisesRepeats = true,
  } = options;
  const { inboundUrl, stateFile, now = () => new Date(), log = () => {} } = options;
  const inbox = createInbox({ latencyMs, recognisesRepeats });
  const shelf = createTemplateShelf(approvalMs);
  const phones = createPhoneMessages();
  const journal = stateFile === undefined ? createVoidJournal<Entry>() : await openJournal<Entry>(stateFile);
  for (const entry of journal.entries) {
    if (isTemplateEntry(entry)) shelf.apply(entry);
    else if (isInboundEntry(entry)) phones.apply(entry);
    else inbox.apply(entry);
  }
  const calling = { secret: webhookSecret, now, log };
  const reports = createReportSender<OwedReport>({
    ...calling,
    bodyOf: (owed) => ({ reports: owed.map(wireReport) }),
    delivered: (keys) => journal.append([{ kind: 'reported', keys }]),
  });
  const statusUpdates = createReportSender<OwedVerdict>({
    ...calling,
    bodyOf: (owed) => ({ templates: owed.map(wireStatusUpdate) }),
    delivered: (keys) => journal.append([{ kind: 'templateReported', keys }]),
  });
  const inbound = createReportSender<OwedInbound>({
    ...calling,
    perCall: inboundPerCall,
    bodyOf: (owed) => ({ inbound: owed.map(wireInbound) }),
    delivered: (keys) => journal.append([{ kind: 'inboundReported', keys }]),
  });

  /** Answers 401 unless the client sends the API key. */
  const authorise = async (request: IncomingMessage, act: () => Answer | Promise<Answer>): Promise<Answer> =>
    request.headers.authorization === `Bearer ${apiKey}`
      ? act()
      : problem(401, 'Unauthorised', 'The Authorization header must be Bearer and the API key.');

  const takeMessages = async (text: string): Promise<Answer> => {
    const submission = parseSubmission(text);
    const receivedAt = now().getTime();
    const decided = submission.messages.map((message) => inbox.submit(message, submission.reportUrl, receivedAt));
    try {
      await journal.append(decided.flatMap(({ entry }) => entry ?? []));
    } finally {
      // The phones already have the messages, and a repeated submission would not schedule the reports again.
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
      statusUpdates.schedule(decided.owed);
    }
    return { status: 202, body: { reference: decided.reference } };
  };

  const playPhone = async (text: string): Promise<Answer> => {
    if (inboundUrl === undefined) {
      return problem(409, 'NoInboundAddress', 'The carrier was started without an address for inbound messages.');
    }
    const message = takeMessage(parseInboundSubmission(text), now().getTime());
    const entry: InboundEntry = { kind: 'inboundTaken', message };
    await journal.append([entry]);
    phones.apply(entry);
    inbound.schedule([owedFor(message, inboundUrl)]);
    return { status: 202, body: { id: message.id } };
  };

  const giveMedia = (id: string): Answer => {
    const opened = phones.open(id);
    if (opened === 'missing') return problem(404, 'NotFound', `There is no attachment ${id}.`);
    if (opened === 'busy')
      return problem(503, 'Unavailable', 'The attachment is not available at the moment; try again.');
    return { status: 200, ...opened };
  };

  const list = (address: string | null | undefined): Answer => {
    // An unescaped `+` arrives as a space.
    const digits = address?.replace(/^[\s+]+/, '');
    return { status: 200, body: inbox.list(now().getTime(), digits) };
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
    const media = /^\/media\/([\w-]+)$/.exec(url?.pathname ?? '')?.[1];
    if (request.method === 'GET' && media !== undefined) return authorise(request, () => giveMedia(media));
    switch (`${request.method} ${url?.pathname}`) {
      case 'POST /messages':
        return authorise(request, () => answerBody(request, takeMessages));
      case 'GET /messages':
        return list(url?.searchParams.get('address'));
      case 'POST /templates':
        return authorise(request, () => answerBody(request, takeTemplate));
      case 'GET /templates':
        return { status: 200, body: shelf.list(now().getTime()) };
      case 'POST /inbound':
        return answerBody(request, playPhone);
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
  statusUpdates.schedule(shelf.owed());
  if (inboundUrl !== undefined) inbound.schedule(phones.owed(inboundUrl));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      reports.stop();
      statusUpdates.stop();
      inbound.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await journal.close();
    },
  };
}
