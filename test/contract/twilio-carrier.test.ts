import { expect, test } from 'vitest';
import type { Carrier, WebhookRequest } from '../../src/carriers/carrier.ts';
import { twilio } from '../../src/carriers/twilio/index.ts';
import { eventually } from '../support/tools/eventually.ts';
import { signTwilioCall, startTwilioApi } from '../support/servers/twilio-api.ts';
import { startTwilioEmulator } from '../support/hosts/twilio-emulator.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { carrierContract } from './carrier.contract.ts';
import type { CarrierSetup } from './carrier.contract.ts';
import { carrierDeps } from '../support/labs/carriers/carrier-deps.ts';

const accountSid = `AC${'1'.repeat(32)}`;
const authToken = 'token';
const sender = '358401000001';

carrierContract('twilio, as its emulator plays it', setUpEmulator);
carrierContract('twilio, with what its emulator does not play', setUpApi);

function connect(webhookUrl: string, options: { url: string; timeoutMs?: number; authToken?: string }): Carrier {
  const { url, timeoutMs = 10_000 } = options;
  const settings = { url, accountSid, authToken: options.authToken ?? authToken, whatsappNumbers: ['358401000001'] };
  return twilio.create(settings, carrierDeps({ webhookUrl, timeoutMs }));
}

const signatureHeader = 'x-twilio-signature';

/** Malformed forms with Twilio's signature. */
function senselessCalls(webhookUrl: string): WebhookRequest[] {
  const forms = [
    {},
    { null: '' },
    { MessageStatus: 'delivered' },
    { From: '+358401234567', To: `+${sender}`, Body: 'No id' },
    { MessageSid: 'SM1', To: `+${sender}`, Body: 'No sender' },
    { MessageSid: 'SM1', From: '+358401234567', Body: 'No recipient' },
  ];
  return forms.map((form: Record<string, string>) => ({
    method: 'POST',
    query: '',
    headers: new Map([[signatureHeader, signTwilioCall(webhookUrl, form, authToken)]]),
    body: Buffer.from(new URLSearchParams(form).toString()),
  }));
}

function forgeriesOf(call: WebhookRequest): WebhookRequest[] {
  const signature = call.headers.get(signatureHeader) ?? '';
  const withSignature = (other: string): WebhookRequest => ({
    ...call,
    headers: new Map(call.headers).set(signatureHeader, other),
  });
  return [
    { ...call, body: Buffer.concat([call.body, Buffer.from('+')]) },
    { ...call, body: Buffer.concat([call.body, Buffer.from('&MessageStatus=read')]) },
    { ...call, body: new Uint8Array() },
    { ...call, query: `${call.query === '' ? '?' : `${call.query}&`}recipient=another` },
    { ...call, headers: new Map() },
    withSignature(''),
    withSignature(signature.slice(0, -2)),
    withSignature(signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))),
    withSignature(signature.toLowerCase()),
  ];
}

async function setUpEmulator(): Promise<CarrierSetup> {
  const receiver = await startWebhookReceiver();
  const webhookUrl = `${receiver.url}/twilio`;
  const numbers = [`+${sender}`, `whatsapp:+${sender}`];
  const network = await startTwilioEmulator({ accountSid, authToken, numbers, inboundUrl: webhookUrl });
  const carrier = connect(webhookUrl, network);
  const undelivered = '358401230002';
  return {
    carrier: {
      ...carrier,
      // The emulator sends no reports by itself.
      async send(batch) {
        const outcomes = await carrier.send(batch);
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome.outcome !== 'sent') continue;
          const status = batch.recipients[index]?.address === undelivered ? 'undelivered' : 'delivered';
          await network.report(outcome.carrierReference ?? '', status);
        }
        return outcomes;
      },
    },
    protocol: 'SMS',
    sender,
    connect: (other) => connect(webhookUrl, other),
    unauthorised: connect(webhookUrl, { ...network, authToken: 'another' }),
    // The emulator refuses malformed numbers only.
    addresses: { delivered: '358401230001', undelivered, rejected: '012' },
    received: (address) => network.received(`+${address}`),
    calls: () => receiver.calls,
    senseless: senselessCalls(webhookUrl),
    forgeries: forgeriesOf,
    inbound: {
      protocols: ['SMS'],
      recipient: sender,
      tellsTime: false,
      repeats: false,
      write: ({ sender: from, recipient, content }) =>
        network.write({ from: `+${from}`, to: `+${recipient}`, content }),
      answerCalls() {},
    },
    async stop() {
      await network.stop();
      await receiver.stop();
    },
  };
}

async function setUpApi(): Promise<CarrierSetup> {
  let status = 200;
  const receiver = await startWebhookReceiver(() => status);
  const webhookUrl = `${receiver.url}/twilio`;
  const network = await startTwilioApi({ accountSid, authToken, inboundUrl: `${webhookUrl}#rc=5&rp=all` });
  return {
    carrier: connect(webhookUrl, network),
    protocol: 'SMS',
    sender: 'Example',
    connect: (other) => connect(webhookUrl, other),
    unauthorised: connect(webhookUrl, { ...network, authToken: 'another' }),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      expired: '358401230003',
      rejected: '15005550009',
      throttledOnce: '358401230006',
    },
    received: async (address) =>
      network.taken
        .filter(({ To: to }) => to === `+${address}`)
        .map(({ Body: content = '', From: from = '' }) => ({ content, sender: from })),
    calls: () => receiver.calls,
    senseless: senselessCalls(webhookUrl),
    forgeries: forgeriesOf,
    inbound: {
      protocols: ['SMS', 'MMS', 'WhatsApp'],
      recipient: sender,
      tellsTime: false,
      namesAttachments: false,
      attachmentNames: { lost: 'lost.png', unavailable: 'unavailable.png' },
      write({ sender: from, recipient, protocol, content, buttonReply, attachments }) {
        const prefix = protocol === 'WhatsApp' ? 'whatsapp:+' : '+';
        return network.write({
          from: prefix + from,
          to: prefix + recipient,
          content,
          ...(buttonReply === undefined ? {} : { buttonReply }),
          isMms: protocol === 'MMS',
          attachments,
        });
      },
      answerCalls(next) {
        status = next;
      },
    },
    async stop() {
      await network.stop();
      await receiver.stop();
    },
  };
}

test('the emulator accepts a WhatsApp text, reports that it was read, and sends the reply', async () => {
  const receiver = await startWebhookReceiver();
  const webhookUrl = `${receiver.url}/twilio`;
  const numbers = [`whatsapp:+${sender}`];
  const network = await startTwilioEmulator({ accountSid, authToken, numbers, inboundUrl: webhookUrl });
  try {
    const carrier = connect(webhookUrl, network);
    const recipient = { recipientId: 'm-1', address: '358401230001', content: 'Terve 😀', parts: 1 };
    const batch = {
      messageId: 'm',
      sender,
      protocol: 'WhatsApp',
      attemptedAt: new Date(),
      recipients: [recipient],
    } as const;
    const [outcome] = await carrier.send(batch);
    expect(outcome).toEqual({ outcome: 'sent', carrierReference: expect.stringMatching(/^SM\w{32}$/) as string });
    expect(await network.received('whatsapp:+358401230001')).toEqual([
      { content: 'Terve 😀', sender: `whatsapp:${sender}` },
    ]);
    await network.report(outcome?.outcome === 'sent' ? (outcome.carrierReference ?? '') : '', 'read');
    await network.write({ from: 'whatsapp:+358401230001', to: `whatsapp:+${sender}`, content: 'Kiitos' });
    await eventually(() => expect(receiver.calls).toHaveLength(3));
    const events = await Promise.all(receiver.calls.map((call) => carrier.receive(call)));
    expect(events.map(({ reports }) => reports)).toEqual([
      [],
      [{ recipientId: 'm-1', status: 'read', at: expect.any(Date) as Date }],
      [],
    ]);
    expect(events[2]).toMatchObject({
      inbound: [{ sender: '358401230001', recipient: sender, protocol: 'WhatsApp', content: 'Kiitos' }],
      answer: { status: 200, body: '<Response/>' },
    });
  } finally {
    await network.stop();
    await receiver.stop();
  }
});
