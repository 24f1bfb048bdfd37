import { randomUUID } from 'node:crypto';
import type { Protocol } from '../../src/messages/index.ts';
import {
  accessKey,
  callWith,
  channel,
  createCarrier,
  webhookSecret,
  whatsAppNumber,
} from '../support/labs/carriers/azure-communication.ts';
import { startAzureCommunicationApi } from '../support/servers/azure-communication-api.ts';
import type { FakeApi } from '../support/servers/azure-communication-api.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { carrierContract } from './carrier.contract.ts';
import type { CarrierSetup } from './carrier.contract.ts';
import type { InboundSetup } from './carrier-inbound.contract.ts';

carrierContract('azure-communication, SMS, events in the form of Event Grid', () => setUp('SMS', 'eventGrid'));
carrierContract('azure-communication, WhatsApp, events in the form of CloudEvents', () =>
  setUp('WhatsApp', 'cloudEvents'),
);

async function setUp(protocol: Protocol, form: 'eventGrid' | 'cloudEvents'): Promise<CarrierSetup> {
  let status = 200;
  const receiver = await startWebhookReceiver(() => status);
  const api = await startAzureCommunicationApi({
    accessKey,
    webhookUrl: `${receiver.url}/webhook?secret=${webhookSecret}`,
    form,
  });
  const isSms = protocol === 'SMS';
  const sender = isSms ? 'Example' : whatsAppNumber;
  return {
    carrier: createCarrier(api.url),
    protocol,
    sender,
    submitsTemplates: false,
    connect: ({ url, timeoutMs }) => createCarrier(url, { deps: { timeoutMs } }),
    unauthorised: createCarrier(api.url, { settings: { accessKey: Buffer.from('another').toString('base64') } }),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      rejected: '358401230004',
      throttledOnce: '358401230006',
    },
    received: async (address) =>
      api.received
        .filter(({ to }) => to === `+${address}`)
        .map((message) => ({
          content: message.content,
          sender: message.sender === channel ? whatsAppNumber : message.sender,
        })),
    calls: () => receiver.calls,
    senseless: [
      '',
      '[]',
      'null',
      '7',
      '{',
      [{ id: 'a' }],
      [{ id: 'a', eventType: 'Microsoft.Communication.SMSReceived', data: {} }],
      { id: 'a', type: 'Microsoft.Communication.AdvancedMessageReceived', data: 'none' },
    ].map((events) => callWith(events)),
    // Event Grid signs nothing, so any call with the secret is genuine.
    forgeries: (call) =>
      ['', '?secret=', '?secret=secret-of-the-webhooks', '?secret=secret-of-the-webhoo', `?key=${webhookSecret}`].map(
        (query) => ({ ...call, query }),
      ),
    inbound: inboundOf(api, protocol, (next) => (status = next)),
    async stop() {
      await receiver.stop();
      await api.stop();
    },
  };
}

function inboundOf(api: FakeApi, protocol: Protocol, answerCalls: (status: number) => void): InboundSetup {
  const write: InboundSetup['write'] = async ({
    sender,
    recipient,
    content,
    attachments: [attachment],
    buttonReply,
  }) => {
    const receivedTimestamp = new Date().toISOString();
    if (protocol === 'SMS') {
      const messageId = `Incoming_${randomUUID()}`;
      const data = { messageId, from: `+${sender}`, to: `+${recipient}`, message: content, receivedTimestamp };
      api.deliver('Microsoft.Communication.SMSReceived', data);
      return;
    }
    const about = { messageId: randomUUID(), channelType: 'whatsapp', from: sender, to: channel, receivedTimestamp };
    api.deliver('Microsoft.Communication.AdvancedMessageReceived', { ...about, ...partOf() });

    function partOf(): Record<string, unknown> {
      if (buttonReply !== undefined) return { messageType: 'button', button: { text: buttonReply, payload: 'yes' } };
      if (attachment === undefined) return { messageType: 'text', content };
      const id = randomUUID();
      const unavailable = { 'lost.png': 404, 'unavailable.png': 503 }[attachment.name];
      api.media.set(id, unavailable ?? attachment);
      const { name: fileName, mimeType } = attachment;
      return {
        messageType: 'document',
        media: { id, mimeType, fileName, ...(content !== '' && { caption: content }) },
      };
    }
  };
  return {
    protocols: [protocol],
    recipient: protocol === 'SMS' ? '358207000000' : whatsAppNumber,
    attachmentNames: { lost: 'lost.png', unavailable: 'unavailable.png' },
    attachmentsPerMessage: 1,
    write,
    answerCalls,
  };
}
