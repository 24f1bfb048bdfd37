import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { splitSms } from '../../../src/messages/compose/sms-parts.ts';
import { joinParts } from '../tools/join-parts.ts';
import type { ShownMessage } from '../tools/join-parts.ts';

/** A call of sendsms. Fields of absent headers are empty. */
interface SendsmsCall {
  headers: ReadonlyMap<string, string>;
  from: string;
  to: string;
  coding: string;
  udh: string;
  dlrMask: number;
  dlrUrl: string;
  text: string;
}

/** The results of the SMSC behind Kannel by number; any other number is delivered. */
export interface KannelOptions {
  username: string;
  password: string;
  /** Numbers (digits) that smsbox denies. */
  denied?: readonly string[];
  /** Types and words (`%d` and `%A`) of reports, by number (digits). */
  reports?: ReadonlyMap<string, readonly (readonly [type: number, reply: string])[]>;
  /** `post-url` of a service for inbound messages, with its escapes not filled in. */
  postUrl?: string;
}

/** A fake of smsbox: its sendsms service, and its webhook calls. */
export interface KannelApi {
  url: string;
  /** All accepted calls. */
  calls: SendsmsCall[];
  /** The texts on a phone (digits), with joined parts. */
  received(number: string): ShownMessage[];
  /** Plays an inbound message. */
  write(message: { sender: string; recipient: string; content: string }): void;
  stop(): Promise<void>;
}

/** The bytes that Kannel puts in place of `%A` for a receipt. */
export const receipt = (stat: string, error = '000'): string =>
  `id:7 sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:${stat} err:${error} text:`;

const delivered = [
  [8, 'ACK/'],
  [1, receipt('DELIVRD')],
] as const;

/**
 * Starts a server on 127.0.0.1 that answers as recorded from smsbox of Kannel 1.4.5. It calls back like smsbox: again
 * and again until the answer is 2xx.
 */
export async function startKannelApi(options: KannelOptions): Promise<KannelApi> {
  const { denied = [], reports = new Map(), postUrl = '' } = options;
  const calls: SendsmsCall[] = [];
  const stopping = new AbortController();
  const pending = new Set<Promise<void>>();
  let messages = 0;

  const answerTo = (call: SendsmsCall): [status: number, text: string] => {
    const { headers, to } = call;
    const isUser =
      headers.get('x-kannel-username') === options.username && headers.get('x-kannel-password') === options.password;
    if (!isUser) return [403, 'Authorization failed for sendsms'];
    if (!/^text\/plain\b/.test(headers.get('content-type') ?? '')) return [400, 'Invalid content-type'];
    if (to === '') return [400, 'Empty receiver number not allowed, rejected'];
    if (denied.includes(digitsOf(to))) {
      return [400, 'Number(s) has/have been denied by white- and/or black-lists.'];
    }
    return [202, '0: Accepted for delivery'];
  };
  const startCall = (url: string, init: RequestInit): void => {
    const done = callUntilTaken(url, { ...init, signal: stopping.signal }).finally(() => pending.delete(done));
    pending.add(done);
  };

  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    const [status, text] = answerTo(call);
    response.writeHead(status, { 'content-type': 'text/html', server: 'Kannel/1.4.5' }).end(text);
    if (status !== 202) return;
    calls.push(call);
    for (const [type, reply] of reports.get(digitsOf(call.to)) ?? delivered) {
      if ((call.dlrMask & type) === 0) continue;
      const values = { d: String(type), A: reply, T: seconds() };
      startCall(filled(call.dlrUrl, values), { method: 'GET' });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cgi-bin/sendsms`,
    calls,
    received: (number) => joinParts(calls.filter(({ to }) => digitsOf(to) === number)),
    write({ sender, recipient, content }) {
      messages += 1;
      const values = { I: `00000000-0000-4000-8000-${String(messages).padStart(12, '0')}`, T: seconds() };
      const url = new URL(filled(postUrl, { ...values, p: `+${sender}`, P: recipient }));
      const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
      url.username = '';
      url.password = '';
      const headers = { authorization, 'content-type': 'text/plain; charset="UTF-8"' };
      startCall(url.href, { method: 'POST', headers, body: content });
    },
    async stop() {
      stopping.abort();
      await Promise.all(pending);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const seconds = (): string => String(Math.floor(Date.now() / 1000));

const digitsOf = (number: string): string => number.replace(/^\+/, '');

/** Fills in the escapes of an address, each encoded as part of a query. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/%(.)/g, (whole, escape: string) => {
    if (escape === '%') return '%';
    const value = values[escape];
    return value === undefined ? whole : encodeURIComponent(value).replaceAll('%20', '+');
  });
}

async function callUntilTaken(url: string, init: RequestInit & { signal: AbortSignal }): Promise<void> {
  while (!init.signal.aborted) {
    const answer = await fetch(url, init).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(50, undefined, { signal: init.signal }).catch(() => undefined);
  }
}

/** Decodes a header value: it is UTF-8, of which Node's server reads each byte as one character. */
async function readCall(request: IncomingMessage): Promise<SendsmsCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = new Map(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Buffer.from(String(value), 'latin1').toString('utf8').trim(),
    ]),
  );
  const header = (name: string): string => headers.get(`x-kannel-${name}`) ?? '';
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    headers,
    from: header('from'),
    to: header('to'),
    coding: header('coding'),
    udh: header('udh'),
    dlrMask: Number(header('dlr-mask')),
    dlrUrl: header('dlr-url'),
    text: header('coding') === '2' ? text : inGsm(text),
  };
}

/** Replaces characters outside GSM 03.38 with question marks. */
function inGsm(text: string): string {
  return Array.from(text, (character) => (splitSms(character).encoding === 'GSM-7' ? character : '?')).join('');
}
