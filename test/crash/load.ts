import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom } from '../support/tools/random.ts';
import type { ApiAnswer, CallApi } from './call-api.ts';
import { count } from './ledger.ts';
import type { Ledger, LedgerRecipient, Send } from './ledger.ts';
import { phoneOf, planSend } from './make-send.ts';
import type { PlannedSend, SendMeans } from './make-send.ts';
import { refusedText } from './receiver.ts';

/** Callers and phones that make requests. */
export interface Load {
  /** Starts no more requests, and waits until every caller has an answer or the deadline has passed. */
  end(deadline: number): Promise<void>;
}

/** How many sends and inbound messages are in progress at a time; at the limit, the load starts no more. */
const maxConcurrent = 40;

/** How many of a hundred requests are an inbound message. */
const phonesPerHundred = 20;

/**
 * Starts `perSecond` sends and inbound messages a second. A caller repeats a send, with the same request id, until it
 * gets a final answer. Some callers repeat it even after that.
 */
export function startLoad({
  callApi,
  carrierUrl,
  ledger,
  means,
  perSecond,
  seed,
}: {
  callApi: CallApi;
  carrierUrl: string;
  ledger: Ledger;
  means: SendMeans;
  perSecond: number;
  seed: number;
}): Load {
  const underWay = new Set<Promise<void>>();
  const ending = new AbortController();
  let deadline = Number.POSITIVE_INFINITY;

  const send = async (planned: PlannedSend, random: ReturnType<typeof seededRandom>): Promise<void> => {
    const { key, kind, wantsDlr } = planned;
    const made: Send = { key, kind, wantsDlr, messageIds: new Set(), recipients: [] };
    ledger.sends.push(made);
    await askUntilAnswered(made, planned);
    if (random.below(100) >= 10 || made.refused !== undefined) return;
    await sleep(random.below(3_000));
    await askUntilAnswered(made, planned);
  };

  const askUntilAnswered = async (made: Send, { call }: PlannedSend): Promise<void> => {
    for (let attempt = 1; Date.now() < deadline; attempt++) {
      const answer = await callApi(call).catch(whyBroken);
      count(ledger.answers, typeof answer === 'string' ? `broken: ${answer}` : String(answer.status));
      if (typeof answer !== 'string' && isFinal(answer)) return recordAnswer(made, answer);
      await sleep(Math.min(100 * 2 ** attempt, 2_000));
    }
  };

  const write = async (index: number, random: ReturnType<typeof seededRandom>): Promise<void> => {
    const isMms = random.below(100) < 25;
    const content = random.below(100) < 5 ? `${refusedText} [phone-${index}]` : `Hi [phone-${index}]`;
    const name = random.below(2) === 0 ? 'flaky.png' : 'picture.png';
    const answer = await fetch(`${carrierUrl}/inbound`, {
      method: 'POST',
      body: JSON.stringify({
        sender: phoneOf(random),
        recipient: '16400',
        protocol: isMms ? 'MMS' : 'SMS',
        content,
        ...(isMms && { attachments: [{ name, mimeType: 'image/png', content: onePixel }] }),
      }),
    });
    if (answer.status !== 202) throw new Error(`The carrier answered ${answer.status}: ${await answer.text()}`);
    ledger.written.push(content);
  };

  const begin = (index: number): void => {
    // A generator for each request, so that its choices don't depend on when other requests are answered.
    const random = seededRandom(seed * 1_000_003 + index);
    const isPhone = random.below(100) < phonesPerHundred;
    const doing = (isPhone ? write(index, random) : send(planSend(index, random, means), random)).finally(() =>
      underWay.delete(doing),
    );
    underWay.add(doing);
  };

  const pace = async (): Promise<void> => {
    for (let index = 0; !ending.signal.aborted; index++) {
      if (underWay.size < maxConcurrent) begin(index);
      await sleep(1_000 / perSecond);
    }
  };

  const pacing = pace();
  return {
    async end(until) {
      ending.abort();
      deadline = until;
      await pacing;
      await Promise.all(underWay);
    },
  };
}

/** Names the network error of a call without an answer. */
function whyBroken(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : name;
}

/** Tells whether the caller's platform would not retry: it retries 429 and 5xx only. */
function isFinal({ status }: ApiAnswer): boolean {
  return status !== 429 && status !== 408 && status < 500;
}

function recordAnswer(made: Send, { status, body }: ApiAnswer): void {
  if (status !== 200) {
    made.refused = `${status} ${JSON.stringify(body).slice(0, 300)}`;
    return;
  }
  const { messageId, recipients } = readSent(body);
  made.messageIds.add(messageId);
  made.recipients = recipients;
}

/** Reads the answer to a send; answers to template sends have field names in lower case. */
function readSent(body: unknown): { messageId: string; recipients: LedgerRecipient[] } {
  const lower = Object.fromEntries(
    Object.entries(body as object).map(([name, value]: [string, unknown]) => [name.toLowerCase(), value]),
  ) as { messageid: string; recipients: Record<string, string>[] };
  const recipients = lower.recipients.map((each) => ({
    id: each['Id'] ?? each['id'] ?? '',
    address: each['Address'] ?? each['address'] ?? '',
  }));
  return { messageId: lower.messageid, recipients };
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
