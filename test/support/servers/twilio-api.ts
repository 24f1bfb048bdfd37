import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Signs a call as Twilio does, independently of the adapter's code, so that the two can disagree. */
export function signTwilioCall(url: string, fields: Readonly<Record<string, string>>, authToken: string): string {
  let text = url;
  for (const name of Object.keys(fields).toSorted()) text += name + (fields[name] ?? '');
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/** An inbound message. */
interface PhoneMessage {
  /** Both numbers in Twilio's form. */
  from: string;
  to: string;
  content: string;
  buttonReply?: string;
  isMms: boolean;
  attachments: readonly { name: string; mimeType: string; bytes: Uint8Array }[];
}

/** A fake of what Twilio's emulator lacks: refusals, throttling, codes in reports, media, repeated calls. */
export interface TwilioApi {
  url: string;
  /** The forms of all accepted messages, oldest first. */
  taken: Readonly<Record<string, string>>[];
  /** The `authorization` headers of calls to the storage of media, which is not the API. */
  mediaAuthorizations: (string | undefined)[];
  write(message: PhoneMessage): Promise<void>;
  stop(): Promise<void>;
}

interface Refusal {
  status: number;
  code: number;
  message: string;
}

/** The refusals of Twilio's documented test numbers (twilio.com/docs/iam/test-credentials). */
const refusals = new Map<string, Refusal>([
  ['To+15005550001', { status: 400, code: 21211, message: "The 'To' number is not a valid phone number." }],
  ['To+15005550002', { status: 400, code: 21612, message: "The 'To' number is not reachable from this 'From'." }],
  ['To+15005550003', { status: 400, code: 21408, message: 'Permission to send to this region is not enabled.' }],
  ['To+15005550004', { status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient.' }],
  ['To+15005550009', { status: 400, code: 21614, message: "The 'To' number is not a mobile number." }],
  ['From+15005550001', { status: 400, code: 21212, message: "The 'From' number is not a valid phone number." }],
  ['From+15005550007', { status: 400, code: 21606, message: "The 'From' number can not send SMS." }],
  ['From+15005550008', { status: 429, code: 21611, message: "The queue of the 'From' number is full." }],
]);

/** The reports by the last four digits of a number. */
const reports = new Map<string, readonly Record<string, string>[]>([
  ['0002', [{ MessageStatus: 'undelivered', ErrorCode: '30003' }]],
  ['0003', [{ MessageStatus: 'undelivered', ErrorCode: '30036' }]],
]);
const defaultReports = [{ MessageStatus: 'sent' }, { MessageStatus: 'delivered' }];

const newSid = (letters: string): string => letters + randomBytes(16).toString('hex');

async function listen(listener: RequestListener): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * Starts a fake on the loopback interface, and a second server for media. A number that ends with 0006 is throttled at
 * the first submission of each text.
 *
 * @param settings.inboundUrl the address for inbound messages, with its fragment
 */
export async function startTwilioApi(settings: {
  accountSid: string;
  authToken: string;
  inboundUrl: string;
}): Promise<TwilioApi> {
  const { accountSid, authToken, inboundUrl } = settings;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const account = `/2010-04-01/Accounts/${accountSid}`;
  const taken: Record<string, string>[] = [];
  const throttled = new Set<string>();
  const media = new Map<string, PhoneMessage['attachments'][number]>();
  const mediaAuthorizations: (string | undefined)[] = [];
  const stopping = new AbortController();

  /** Calls until the receiver confirms; up to five more times if the fragment asks for it. */
  async function call(url: string, fields: Record<string, string>): Promise<void> {
    const [address = '', fragment] = url.split('#');
    const tries = fragment === 'rc=5&rp=all' ? 6 : 1;
    const headers = { 'x-twilio-signature': signTwilioCall(address, fields, authToken) };
    for (let made = 0; made < tries && !stopping.signal.aborted; made += 1) {
      const response = await fetch(address, { method: 'POST', headers, body: new URLSearchParams(fields) });
      await response.body?.cancel();
      if (response.ok) return;
      await sleep(50);
    }
  }

  const refusalOf = (form: Record<string, string>): Refusal | undefined => {
    const { To: to = '', From: from = '', Body: text = '' } = form;
    if (to.endsWith('0006') && !throttled.has(text)) {
      throttled.add(text);
      return { status: 429, code: 20429, message: 'Too many requests.' };
    }
    return refusals.get(`To${to}`) ?? refusals.get(`From${from}`);
  };

  async function report(
    { StatusCallback: url = '', To: to = '', From: from = '' }: Record<string, string>,
    sid: string,
  ) {
    const about = {
      MessageSid: sid,
      SmsSid: sid,
      AccountSid: accountSid,
      To: to,
      From: from,
      ApiVersion: '2010-04-01',
    };
    for (const each of reports.get(to.slice(-4)) ?? defaultReports) {
      await call(url, { ...about, ...each, SmsStatus: each['MessageStatus'] ?? '' });
    }
  }

  const keeper = await listen((request, response) => {
    mediaAuthorizations.push(request.headers.authorization);
    const found = media.get((request.url ?? '').slice(1));
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': found.mimeType }).end(found.bytes);
  });

  function sendMedia(url: string, response: ServerResponse): void {
    const sid = url.split('/').at(-1) ?? '';
    const name = media.get(sid)?.name;
    if (name === undefined || name === 'lost.png')
      answer(response, 404, { code: 20404, message: 'Not found', status: 404 });
    else if (name === 'unavailable.png') answer(response, 503, { code: 20503, message: 'Unavailable', status: 503 });
    else response.writeHead(307, { location: `${keeper.url}/${sid}` }).end();
  }

  const api = await listen(async (request, response) => {
    const form = await readForm(request);
    const { method, url = '' } = request;
    if (request.headers.authorization !== authorization) {
      answer(response, 401, { code: 20003, message: 'Authenticate', status: 401 });
    } else if (method === 'GET' && url.startsWith(`${account}/Messages/`)) {
      sendMedia(url, response);
    } else if (method !== 'POST' || url !== `${account}/Messages.json`) {
      answer(response, 404, { code: 20404, message: 'Not found', status: 404 });
    } else {
      const refusal = refusalOf(form);
      if (refusal !== undefined) {
        answer(response, refusal.status, refusal);
        return;
      }
      taken.push(form);
      const sid = newSid('SM');
      answer(response, 201, { sid, status: 'queued', error_code: null, error_message: null });
      report(form, sid).catch(() => {});
    }
  });

  return {
    url: api.url,
    taken,
    mediaAuthorizations,
    async write({ from, to, content, buttonReply, isMms, attachments }) {
      const sid = newSid(isMms ? 'MM' : 'SM');
      const fields: Record<string, string> = {
        MessageSid: sid,
        SmsSid: sid,
        AccountSid: accountSid,
        SmsStatus: 'received',
        From: from,
        To: to,
        Body: content,
        NumSegments: '1',
        NumMedia: String(attachments.length),
        ...(buttonReply === undefined ? {} : { ButtonText: buttonReply, ButtonPayload: 'yes' }),
      };
      for (const [index, attachment] of attachments.entries()) {
        const mediaSid = newSid('ME');
        media.set(mediaSid, attachment);
        fields[`MediaUrl${index}`] = `${api.url}${account}/Messages/${sid}/Media/${mediaSid}`;
        fields[`MediaContentType${index}`] = attachment.mimeType;
      }
      call(inboundUrl, fields).catch(() => {});
    },
    async stop() {
      stopping.abort();
      await api.stop();
      await keeper.stop();
    },
  };
}
