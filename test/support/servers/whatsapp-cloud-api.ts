import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestProblem } from './whatsapp-cloud-schema.ts';

type Json = Record<string, unknown>;

/** The result for a number by its last four digits; any other number is delivered. */
const fates = { undelivered: '0002', rejected: '0004', throttledOnce: '0006', silent: '0009' } as const;

/** An attachment of an inbound message. */
interface PhoneAttachment {
  name: string;
  mimeType: string;
  bytes: Uint8Array;
}

/** A recorded request to the Graph API. */
interface GraphCall {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A fake of the Cloud API in the Graph API: it validates every request and calls the webhook. */
export interface WhatsAppCloudApi {
  url: string;
  calls: GraphCall[];
  /** The messages on a phone, oldest first. */
  received(address: string): { content: string; sender: string; buttons?: string[] | undefined }[];
  /** Sends an inbound message to the webhook, and repeats it until the webhook confirms. */
  write(message: Json, medium?: PhoneAttachment): void;
  /** Sends any change to the webhook. */
  notify(field: string, value: Json): void;
  stop(): Promise<void>;
}

interface Template extends Json {
  id: string;
  name: string;
  language: string;
}

/** Makes a refusal in Meta's form (Graph API, "Handle errors"). */
function refusal(code: number, message: string, more: Json = {}): Json {
  return { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'AbC123', ...more } };
}

/** Starts the fake on 127.0.0.1. */
export async function startWhatsAppCloudApi(settings: {
  token: string;
  appSecret: string;
  number: { number: string; phoneNumberId: string; accountId: string };
  appId: string;
  webhookUrl: string;
  /** The number of templates per page, whatever the request says. */
  pageSize?: number;
}): Promise<WhatsAppCloudApi> {
  const { token, appSecret, number, appId, webhookUrl, pageSize = 100 } = settings;
  const calls: GraphCall[] = [];
  const taken: { to: string; content: string; sender: string; buttons?: string[] | undefined }[] = [];
  const throttled = new Set<string>();
  const templates: Template[] = [];
  const media = new Map<string, PhoneAttachment>();
  const uploads = new Map<string, { length: number; type: string }>();
  const stopping = new AbortController();
  let lastId = 1_000;
  const nextId = (): string => String((lastId += 1));
  const nowSeconds = (): string => String(Math.floor(Date.now() / 1000));
  const metadata = { display_phone_number: `+${number.number}`, phone_number_id: number.phoneNumberId };

  async function callWebhook(field: string, value: Json): Promise<void> {
    const entry = [{ id: number.accountId, time: Date.now(), changes: [{ field, value }] }];
    const plain = JSON.stringify({ object: 'whatsapp_business_account', entry });
    // Meta escapes characters outside ASCII, and signs the escaped text.
    const body = plain.replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const signature = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
    while (!stopping.signal.aborted) {
      const response = await fetch(webhookUrl, { method: 'POST', headers, body, signal: stopping.signal });
      await response.body?.cancel();
      if (response.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const notify = (field: string, value: Json): void => {
    callWebhook(field, value).catch(() => undefined);
  };
  const notifyMessages = (value: Json): void =>
    notify('messages', { messaging_product: 'whatsapp', metadata, ...value });

  function report(message: Json, id: string, status: string, more: Json = {}): void {
    const { to, biz_opaque_callback_data: data } = message;
    const known = data === undefined ? {} : { biz_opaque_callback_data: data };
    notifyMessages({ statuses: [{ id, status, timestamp: nowSeconds(), recipient_id: to, ...known, ...more }] });
  }

  function takeMessage(message: Json): [status: number, answer: Json] {
    const problem = requestProblem('message', message);
    if (problem !== undefined) return [400, refusal(100, 'Invalid parameter', { error_data: { details: problem } })];
    const to = String(message['to']);
    const undeliverable = { error_data: { messaging_product: 'whatsapp', details: 'Message Undeliverable.' } };
    if (to.endsWith(fates.rejected)) return [400, refusal(131026, 'Message undeliverable', undeliverable)];
    if (to.endsWith(fates.throttledOnce) && !throttled.has(to)) {
      throttled.add(to);
      return [400, refusal(131056, 'Too many messages to this recipient')];
    }
    const id = `wamid.${nextId()}`;
    const { text, interactive } = message as {
      text?: { body: string };
      interactive?: { body: { text: string }; action: { buttons: { reply: { title: string } }[] } };
    };
    const content = text?.body ?? interactive?.body.text ?? JSON.stringify(message['template']);
    const buttons = interactive?.action.buttons.map(({ reply }) => reply.title);
    taken.push({ to, content, sender: number.number, buttons });
    if (!to.endsWith(fates.silent)) report(message, id, 'sent');
    if (to.endsWith(fates.undelivered)) {
      const error = { code: 131026, title: 'Message undeliverable', message: 'Message undeliverable' };
      report(message, id, 'failed', { errors: [{ ...error, ...undeliverable }] });
    } else if (!to.endsWith(fates.silent)) report(message, id, 'delivered');
    const contacts = [{ input: to, wa_id: to }];
    return [200, { messaging_product: 'whatsapp', contacts, messages: [{ id, message_status: 'accepted' }] }];
  }

  function takeTemplate(body: Json): [status: number, answer: Json] {
    const problem = requestProblem('newTemplate', body);
    if (problem !== undefined) return [400, refusal(100, 'Invalid parameter', { error_user_msg: problem })];
    const { name, language } = body as Template;
    if (templates.some((each) => each.name === name && each.language === language)) {
      const words = 'There is already content in this language for this template.';
      return [400, refusal(100, 'Invalid parameter', { error_subcode: 2388024, error_user_msg: words })];
    }
    const id = nextId();
    templates.push({ ...body, id, name, language, status: 'APPROVED' });
    notify('message_template_status_update', {
      event: 'APPROVED',
      message_template_id: Number(id),
      message_template_name: name,
      message_template_language: language,
      reason: 'NONE',
    });
    return [200, { id, status: 'PENDING', category: body['category'] }];
  }

  function listTemplates(query: URLSearchParams): [status: number, answer: Json] {
    // Meta finds names that contain the text.
    const found = templates.filter(({ name }) => name.includes(query.get('name') ?? ''));
    const start = Number(query.get('after') ?? 0);
    const end = start + Math.min(pageSize, Number(query.get('limit') ?? 25));
    const more = end < found.length ? { next: 'https://elsewhere.example/next' } : {};
    const data = found.slice(start, end);
    return [200, { data, paging: { cursors: { before: String(start), after: String(end) }, ...more } }];
  }

  function startUpload(query: URLSearchParams): [status: number, answer: Json] {
    const problem = requestProblem('newUpload', Object.fromEntries(query));
    if (problem !== undefined) return [400, refusal(100, 'Invalid parameter', { error_data: { details: problem } })];
    const id = `upload:MTphdHRhY2htZW50${nextId()}?sig=ARZ`;
    uploads.set(id, { length: Number(query.get('file_length')), type: query.get('file_type') ?? '' });
    return [200, { id }];
  }

  function endUpload({ path, query, headers, body }: GraphCall): [status: number, answer: Json] {
    const started = uploads.get(`${path.split('/').at(-1)}?${query.toString()}`);
    if (started === undefined || headers['file_offset'] !== '0') return [400, refusal(100, 'Invalid parameter')];
    if (headers.authorization !== `OAuth ${token}`) return [401, refusal(190, 'Invalid OAuth access token')];
    if (body.length !== started.length) return [400, refusal(6000, 'The file is shorter than was said')];
    return [200, { h: `4::${Buffer.from(started.type).toString('base64')}:${nextId()}` }];
  }

  function describeMedium(id: string): [status: number, answer: Json] {
    const medium = media.get(id);
    if (medium?.name.startsWith('unavailable') === true) return [500, refusal(2, 'Service temporarily unavailable')];
    if (medium === undefined || medium.name.startsWith('lost')) {
      return [400, refusal(100, `Object with ID '${id}' does not exist`, { error_subcode: 33 })];
    }
    const url = `${address()}/whatsapp_business/attachments/?mid=${id}`;
    const { mimeType: mime_type, bytes } = medium;
    return [200, { messaging_product: 'whatsapp', url, mime_type, sha256: 'abc', file_size: bytes.length, id }];
  }

  function answer(call: GraphCall): [status: number, answer: Json | Uint8Array] {
    const { method, path, query, headers } = call;
    const parts = path.split('/').slice(1);
    if (method === 'POST' && parts[1]?.startsWith('upload:') === true) return endUpload(call);
    const isUpload = parts[2] === 'uploads';
    if (!['Bearer', ...(isUpload ? ['OAuth'] : [])].some((kind) => headers.authorization === `${kind} ${token}`)) {
      return [401, refusal(190, 'Invalid OAuth access token - Cannot parse access token')];
    }
    if (method === 'GET' && parts[0] === 'whatsapp_business') {
      const medium = media.get(query.get('mid') ?? '');
      return medium === undefined ? [404, {}] : [200, medium.bytes];
    }
    if (!/^v\d+\.\d+$/.test(parts[0] ?? '')) return [404, refusal(2500, 'Unknown path components')];
    const target = `${method} ${parts.slice(1).join('/')}`;
    const json = (): Json => JSON.parse(call.body.toString()) as Json;
    if (target === `POST ${number.phoneNumberId}/messages`) return takeMessage(json());
    if (target === `POST ${number.accountId}/message_templates`) return takeTemplate(json());
    if (target === `GET ${number.accountId}/message_templates`) return listTemplates(query);
    if (target === `POST ${appId}/uploads`) return startUpload(query);
    if (method === 'GET' && parts.length === 2) return describeMedium(parts[1] ?? '');
    return [400, refusal(100, `Object with ID '${parts[1]}' does not exist`, { error_subcode: 33 })];
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://graph.example');
      const { method = '', headers } = request;
      const call = { method, path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(chunks) };
      calls.push(call);
      const [status, body] = answer(call);
      const isBytes = body instanceof Uint8Array;
      response.writeHead(status, { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' });
      response.end(isBytes ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: address(),
    calls,
    received: (address) =>
      taken.filter(({ to }) => to === address).map(({ content, sender, buttons }) => ({ content, sender, buttons })),
    write(message, medium) {
      const id = nextId();
      if (medium !== undefined) media.set(id, medium);
      const type = String(message['type']);
      const described = medium === undefined ? {} : { [type]: { ...(message[type] as Json), id } };
      const common = { id: `wamid.${nextId()}`, timestamp: nowSeconds() };
      const contacts = [{ profile: { name: 'Maija' }, wa_id: message['from'] }];
      notifyMessages({ contacts, messages: [{ ...common, ...message, ...described }] });
    },
    notify,
    async stop() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
