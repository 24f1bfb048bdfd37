import { createHmac, randomBytes, randomUUID } from 'node:crypto';

import { channel } from '../labs/carriers/azure-communication.ts';
import { carrierSecrets, cloudNumber, ours } from '../hosts/carriers-host.ts';
import { signTwilioCall } from '../servers/twilio-api.ts';

/** A call of a webhook. */
export interface HookCall {
  /** The carrier, with a query where there is one. */
  path: string;
  method?: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** The data of genuine calls: a report on a message of ours, and an inbound message. */
interface CallData {
  recipientId: string;
  /** The carrier's own id of the message, if its reports hold that. */
  reference: string;
  phone: string;
  content: string;
}

/** Makes genuine calls of a carrier, and forged ones. */
export interface Forger {
  /** A report that the message was delivered, and an inbound message. */
  genuine(data: CallData): { report: HookCall; inbound: HookCall };
  /** Forged calls, each with its flaw. The app must refuse all of them. */
  forged(data: CallData): (readonly [problem: string, call: HookCall])[];
}

/** Sends a call; resolves to the answer. */
export async function callHook(webhooks: string, { path, method = 'POST', headers, body }: HookCall) {
  const answer = await fetch(`${webhooks}/${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const seconds = (): string => String(Math.floor(Date.now() / 1000));
const { accountSid, authToken, appSecret, verifyToken, gridSecret } = carrierSecrets;

function without(headers: HookCall['headers'], name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
}

/** Signs the call with every other secret that somebody might try, and spoils its signature. */
function respelt(header: string, sign: (secret: string) => string, call: HookCall): [string, HookCall][] {
  const right = call.headers[header] ?? '';
  const under = (value: string): HookCall => ({ ...call, headers: { ...call.headers, [header]: value } });
  return [
    ['no signature', { ...call, headers: without(call.headers, header) }],
    ['an empty signature', under('')],
    ['an empty secret', under(sign(''))],
    ['another secret', under(sign('another'))],
    ['a cut signature', under(right.slice(0, -2))],
    ['a signature in other letters', under(right.toUpperCase())],
    ['two signatures', under(`${sign('another')}, ${right}`)],
  ];
}

/** Twilio, which signs the address and the form. */
export function twilioForger(webhooks: string): Forger {
  const header = 'x-twilio-signature';
  const account = { AccountSid: accountSid, ApiVersion: '2010-04-01' };
  const post = (query: string, fields: Record<string, string>, signature: string): HookCall => ({
    path: `twilio${query}`,
    headers: { [header]: signature, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  const sign = (query: string, fields: Record<string, string>, token = authToken): string =>
    signTwilioCall(`${webhooks}/twilio${query}`, fields, token);
  const reportOf = ({ recipientId, phone }: CallData) => ({
    query: `?recipient=${recipientId}`,
    fields: { ...account, MessageSid: `SM${'2'.repeat(32)}`, MessageStatus: 'delivered', To: `+${phone}` },
  });
  const inboundOf = ({ phone, content }: CallData) => ({
    query: '',
    fields: {
      ...account,
      MessageSid: `SM${randomBytes(16).toString('hex')}`,
      From: `+${phone}`,
      To: `+${ours.twilioSms}`,
      Body: content,
      NumMedia: '0',
    },
  });
  return {
    genuine(data) {
      const [report, inbound] = [reportOf(data), inboundOf(data)].map(({ query, fields }) =>
        post(query, fields, sign(query, fields)),
      );
      return { report: report!, inbound: inbound! };
    },
    forged(data) {
      const { query, fields } = reportOf(data);
      const signature = sign(query, fields);
      const other = sign(`?recipient=${data.recipientId.replace(/.$/, '9')}`, fields);
      const inbound = inboundOf(data);
      return [
        ...[reportOf(data), inbound].flatMap((each) =>
          respelt(
            header,
            (token) => sign(each.query, each.fields, token),
            post(each.query, each.fields, sign(each.query, each.fields)),
          ),
        ),
        ['the signature of a report on another recipient', post(query, fields, other)],
        ['another status', post(query, { ...fields, MessageStatus: 'read' }, signature)],
        ['one field more', post(query, { ...fields, ErrorCode: '30003' }, signature)],
        ['one field less', post(query, { ...account, MessageStatus: 'delivered' }, signature)],
        ['a second recipient', post(`${query}&recipient=1`, fields, signature)],
        ['no recipient', post('', fields, signature)],
        [
          'the signature of a call of another address',
          post(query, fields, signTwilioCall(`https://elsewhere.example/twilio${query}`, fields, authToken)),
        ],
        [
          'another text',
          post('', { ...inbound.fields, Body: `${data.content}!` }, sign(inbound.query, inbound.fields)),
        ],
        ['the account in place of its token', post(query, fields, sign(query, fields, accountSid))],
      ];
    },
  };
}

/** Meta, which signs the body. */
export function cloudForger(): Forger {
  const header = 'x-hub-signature-256';
  const sign = (body: string, secret: string = appSecret): string =>
    `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const post = (body: string, signature = sign(body)): HookCall => ({
    path: 'whatsapp-cloud',
    headers: { [header]: signature, 'content-type': 'application/json' },
    body,
  });
  const change = (value: object): string => {
    const metadata = { display_phone_number: `+${ours.cloudWhatsApp}`, phone_number_id: cloudNumber.phoneNumberId };
    const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }];
    return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: cloudNumber.accountId, changes }] });
  };
  const reportOf = ({ recipientId, phone }: CallData): string =>
    change({
      statuses: [
        {
          id: 'wamid.9',
          status: 'delivered',
          timestamp: seconds(),
          recipient_id: phone,
          biz_opaque_callback_data: recipientId,
        },
      ],
    });
  const inboundOf = ({ phone, content }: CallData): string =>
    change({
      messages: [
        { id: `wamid.${randomUUID()}`, from: phone, timestamp: seconds(), type: 'text', text: { body: content } },
      ],
    });
  return {
    genuine: (data) => ({ report: post(reportOf(data)), inbound: post(inboundOf(data)) }),
    forged(data) {
      const [report, inbound] = [reportOf(data), inboundOf(data)];
      const sha1 = `sha1=${createHmac('sha1', appSecret).update(report).digest('hex')}`;
      const another = reportOf({ ...data, recipientId: data.recipientId.replace(/.$/, '9') });
      return [
        ...[report, inbound].flatMap((body) => respelt(header, (secret) => sign(body, secret), post(body))),
        ['the signature of a report on another recipient', post(report, sign(another))],
        ['another status', post(report.replace('"delivered"', '"read"'), sign(report))],
        ['a blank more', post(`${report} `, sign(report))],
        ['no body', { ...post(report), body: '' }],
        ['another text', post(inbound.replace(data.content, `${data.content}!`), sign(inbound))],
        ['the old kind of signature', post(report, sha1)],
        ['the old kind in the old place', { ...post(report), headers: { 'x-hub-signature': sha1 } }],
        ['the verify token in place of the secret', post(report, sign(report, verifyToken))],
        [
          'the verify token in the query',
          { ...post(report, ''), path: `whatsapp-cloud?hub.mode=subscribe&hub.verify_token=${verifyToken}` },
        ],
      ];
    },
  };
}

/** Event Grid, which knows a secret and signs nothing. */
export function azureForger(): Forger {
  const post = (body: object, query = `?secret=${gridSecret}`, headers: Record<string, string> = {}): HookCall => ({
    path: `azure-communication${query}`,
    headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification', ...headers },
    body: JSON.stringify(body),
  });
  const event = (kind: string, data: object): object => ({
    id: randomUUID(),
    source: '/resource',
    subject: 'subject',
    time: new Date().toISOString(),
    specversion: '1.0',
    type: `Microsoft.Communication.${kind}`,
    data: { channelType: 'whatsapp', receivedTimestamp: new Date().toISOString(), ...data },
  });
  const reportOf = ({ reference, phone }: CallData): object =>
    event('AdvancedMessageDeliveryStatusUpdated', {
      messageId: reference,
      status: 'Delivered',
      from: channel,
      to: phone,
    });
  const smsReportOf = ({ recipientId, phone }: CallData): object => {
    const about = { messageId: 'Outgoing_1', from: 'Azure', to: `+${phone}`, tag: recipientId };
    return event('SMSDeliveryReportReceived', { ...about, deliveryStatus: 'Delivered' });
  };
  const inboundOf = ({ phone, content }: CallData): object =>
    event('AdvancedMessageReceived', {
      messageId: randomUUID(),
      from: phone,
      to: channel,
      messageType: 'text',
      content,
    });
  const isUnder = `secret=${gridSecret}`;
  const queries = [
    ['no secret', ''],
    ['an empty secret', '?secret='],
    ['a cut secret', `?${isUnder.slice(0, -1)}`],
    ['a longer secret', `?${isUnder}x`],
    ['the secret in other letters', `?${isUnder.toUpperCase().replace('SECRET=', 'secret=')}`],
    ['the secret under another name', `?key=${gridSecret}`],
    ['the secret second', `?secret=another&${isUnder}`],
  ] as const;
  return {
    genuine: (data) => ({ report: post(reportOf(data)), inbound: post([inboundOf(data)]) }),
    forged: (data) => [
      ...[reportOf(data), smsReportOf(data), inboundOf(data)].flatMap((each) =>
        queries.map(([problem, query]) => [problem, post([each], query)] as const),
      ),
      ['the secret as a token', post([inboundOf(data)], '', { authorization: `Bearer ${gridSecret}` })],
      ['another secret in the header', post([inboundOf(data)], `?${isUnder}`, { 'x-webhook-secret': 'another' })],
    ],
  };
}
