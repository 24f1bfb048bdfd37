import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpDate, isNotificationRequest, isSmsRequest } from './azure-communication-schema.ts';

/** The options of a fake resource. */
interface ApiOptions {
  /** The key (Base64) that signs calls; without one, the resource requires a bearer token. */
  accessKey?: string;
  token?: string;
  /** The address to which Event Grid delivers, with the query of the subscription. */
  webhookUrl?: string;
  /** The format in which Event Grid delivers. It can differ by type of event, as with several subscriptions. */
  form?: EventForm | ((type: string) => EventForm);
}

type EventForm = 'eventGrid' | 'cloudEvents';

/** An accepted call. */
interface TakenCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

/** A message on a phone. */
interface PhoneMessage {
  /** The resource's own id. */
  id: string;
  to: string;
  content: string;
  sender: string;
}

/** A fake of Azure Communication Services and Event Grid: the parts that the adapter uses. */
export interface FakeApi {
  url: string;
  calls: TakenCall[];
  received: PhoneMessage[];
  media: Map<string, { bytes: Uint8Array; mimeType: string } | number>;
  /** The pages of the list of templates, in order. A page can be any JSON, and its link any text. */
  templatePages: { value: unknown; nextLink?: string | null }[];
  /** Delivers events as Event Grid, and repeats them until they are accepted. */
  deliver(type: string, data: Record<string, unknown>): void;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const problem = (status: number, message: string): Answer => ({
  status,
  body: { error: { code: status === 401 ? 'Denied' : 'BadRequest', message } },
});

/** The results in reports by the last four digits of a number; for any other number it is delivered. */
const smsEndings = new Map([
  ['0002', '4006: Unreachable'],
  ['0003', '5002: Message Delivery Timeout'],
]);

/** Numbers with these last four digits never get a report. */
const silent = '0009';

/** Starts a fake resource on 127.0.0.1. */
export async function startAzureCommunicationApi(options: ApiOptions): Promise<FakeApi> {
  const repeats = new Map<string, { firstSent: string; answer: unknown }>();
  const throttled = new Set<string>();
  const stopped = new AbortController();
  const pending = new Set<Promise<void>>();
  const api = { calls: [], received: [], media: new Map(), templatePages: [] } as unknown as FakeApi;

  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    answer(request, Buffer.concat(pieces), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api.deliver = deliver;
  api.stop = async () => {
    stopped.abort();
    await Promise.all(pending);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return api;

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const given = isSigned(request, body, options)
      ? route(request, body)
      : problem(401, 'The credentials are not valid.');
    if (given.body instanceof Uint8Array) response.writeHead(given.status, given.headers).end(given.body);
    else {
      response.writeHead(given.status, { 'content-type': 'application/json; charset=utf-8', ...given.headers });
      response.end(given.body === undefined ? '' : JSON.stringify(given.body));
    }
  }

  function route(request: IncomingMessage, body: Buffer): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '', api.url);
    const version = searchParams.get('api-version');
    if (request.method === 'POST') {
      if (request.headers['content-type']?.startsWith('application/json') !== true) return problem(415, 'Not JSON.');
      const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
      api.calls.push({ path: request.url ?? '', headers: request.headers, body: parsed });
      if (pathname === '/sms' && version === '2026-01-23') return takeSms(parsed);
      if (pathname === '/messages/notifications:send' && version === '2024-08-30') {
        return takeNotification(parsed, request.headers);
      }
    } else if (version === '2024-08-30') {
      const medium = api.media.get(decodeURIComponent(/^\/messages\/streams\/([^/]+)$/.exec(pathname)?.[1] ?? ''));
      if (typeof medium === 'number') return problem(medium, 'No such stream now.');
      if (medium !== undefined) {
        return { status: 200, body: medium.bytes, headers: { 'content-type': medium.mimeType } };
      }
      if (/^\/messages\/channels\/[0-9a-f-]{36}\/templates$/.test(pathname)) {
        const page = api.templatePages[Number(searchParams.get('page') ?? 0)];
        if (page !== undefined) return { status: 200, body: page };
      }
    }
    return problem(404, 'There is no such resource.');
  }

  /** The failures at submission by the last digits of a number. */
  function refusalOf(to: string, key: string): 'invalid' | 'throttled' | undefined {
    if (to.endsWith('0004')) return 'invalid';
    if (!to.endsWith('0006') || throttled.has(key)) return undefined;
    throttled.add(key);
    return 'throttled';
  }

  function takeSms(body: Record<string, unknown>): Answer {
    if (!isSmsRequest(body)) return problem(400, JSON.stringify(isSmsRequest.errors));
    const { from, smsRecipients, message, smsSendOptions } = body as unknown as {
      from: string;
      smsRecipients: { to: string; repeatabilityRequestId: string; repeatabilityFirstSent: string }[];
      message: string;
      smsSendOptions?: { enableDeliveryReport: boolean; tag?: string };
    };
    if (smsRecipients.some(({ to, repeatabilityRequestId }) => refusalOf(to, repeatabilityRequestId) === 'throttled')) {
      return problem(429, 'Too many requests.');
    }
    const value = smsRecipients.map(({ to, repeatabilityRequestId: requestId, repeatabilityFirstSent: firstSent }) => {
      const earlier = repeats.get(requestId);
      if (earlier !== undefined) {
        if (earlier.firstSent === firstSent) return earlier.answer;
        return {
          to,
          httpStatusCode: 400,
          successful: false,
          repeatabilityResult: 'rejected',
          errorMessage: 'Not the same.',
        };
      }
      if (to.endsWith('0004')) {
        return { to, httpStatusCode: 400, successful: false, errorMessage: 'Invalid To phone number format.' };
      }
      const messageId = `Outgoing_${randomUUID()}_noam`;
      const item = { to, messageId, httpStatusCode: 202, successful: true, repeatabilityResult: 'accepted' };
      repeats.set(requestId, { firstSent, answer: item });
      api.received.push({ id: messageId, to, content: message, sender: from });
      const details = smsEndings.get(to.slice(-4));
      if (smsSendOptions?.enableDeliveryReport === true && !to.endsWith(silent)) {
        deliver('Microsoft.Communication.SMSDeliveryReportReceived', {
          messageId,
          from,
          to,
          deliveryStatus: details === undefined ? 'Delivered' : 'Failed',
          deliveryStatusDetails: details ?? 'No error.',
          deliveryAttempts: [{ timestamp: new Date().toISOString(), segmentsSucceeded: 1, segmentsFailed: 0 }],
          receivedTimestamp: new Date().toISOString(),
          tag: smsSendOptions.tag,
        });
      }
      return item;
    });
    return { status: 202, body: { value } };
  }

  function takeNotification(body: Record<string, unknown>, headers: IncomingMessage['headers']): Answer {
    if (!isNotificationRequest(body)) return problem(400, JSON.stringify(isNotificationRequest.errors));
    const requestId = String(headers['repeatability-request-id']);
    const firstSent = String(headers['repeatability-first-sent']);
    if (!/^[0-9a-f-]{36}$/.test(requestId) || !new RegExp(httpDate).test(firstSent)) {
      return problem(400, 'The ids of repeatable requests are malformed.');
    }
    const earlier = repeats.get(requestId);
    if (earlier !== undefined) {
      const isSame = earlier.firstSent === firstSent;
      return isSame
        ? { status: 202, body: earlier.answer, headers: { 'repeatability-result': 'accepted' } }
        : { status: 202, body: { receipts: [] }, headers: { 'repeatability-result': 'rejected' } };
    }
    const {
      channelRegistrationId: from,
      to: [to = ''],
      content,
    } = body as unknown as {
      channelRegistrationId: string;
      to: string[];
      content?: string;
    };
    const refusal = refusalOf(to, requestId);
    if (refusal === 'throttled') return problem(429, 'Too many requests.');
    if (refusal === 'invalid') return problem(400, 'Invalid To phone number.');
    const messageId = randomUUID();
    const result = { receipts: [{ messageId, to }] };
    repeats.set(requestId, { firstSent, answer: result });
    api.received.push({ id: messageId, to, content: content ?? JSON.stringify(body['template']), sender: from });
    if (!to.endsWith(silent)) reportNotification({ messageId, from, to });
    return { status: 202, body: result, headers: { 'repeatability-result': 'accepted' } };
  }

  function reportNotification({ messageId, from, to }: { messageId: string; from: string; to: string }): void {
    const failed = to.endsWith('0002');
    deliver('Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated', {
      messageId,
      status: failed ? 'Failed' : 'Delivered',
      channelType: 'whatsapp',
      from,
      to: to.slice(1),
      receivedTimestamp: new Date().toISOString(),
      ...(failed && { error: { channelCode: '131026', channelMessage: 'Message undeliverable' } }),
    });
  }

  function deliver(type: string, data: Record<string, unknown>): void {
    const { webhookUrl } = options;
    const form = typeof options.form === 'function' ? options.form(type) : options.form;
    if (webhookUrl === undefined) return;
    const common = { id: randomUUID(), subject: 'subject', data };
    const time = new Date().toISOString();
    const call =
      form === 'cloudEvents'
        ? {
            headers: { 'content-type': 'application/cloudevents+json' },
            body: JSON.stringify({ ...common, source: '/resource', type, time, specversion: '1.0' }),
          }
        : {
            headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
            body: JSON.stringify([
              {
                ...common,
                topic: '/resource',
                eventType: type,
                eventTime: time,
                dataVersion: '1.0',
                metadataVersion: '1',
              },
            ]),
          };
    const delivery = deliverUntilTaken(webhookUrl, call).finally(() => pending.delete(delivery));
    pending.add(delivery);
  }

  async function deliverUntilTaken(url: string, call: RequestInit): Promise<void> {
    while (!stopped.signal.aborted) {
      const taken = await fetch(url, { method: 'POST', ...call }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (taken) return;
      await sleep(20);
    }
  }
}

/** Checks a request's signature by Microsoft's description, independently of the adapter's code. */
function isSigned({ method, url, headers }: IncomingMessage, body: Buffer, { accessKey, token }: ApiOptions): boolean {
  if (accessKey === undefined) return headers.authorization === `Bearer ${token}`;
  const { 'x-ms-date': date, 'x-ms-content-sha256': hash, host } = headers;
  if (hash !== createHash('sha256').update(body).digest('base64')) return false;
  if (typeof date !== 'string' || Math.abs(Date.now() - Date.parse(date)) > 300_000) return false;
  const hmac = createHmac('sha256', Buffer.from(accessKey, 'base64'));
  const signature = hmac.update([method, url, [date, host, hash].join(';')].join('\n')).digest('base64');
  return (
    headers.authorization === `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`
  );
}
