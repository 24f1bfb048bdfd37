import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../src/carriers/carrier.ts';
import { whatsappCloud } from '../../src/carriers/whatsapp-cloud/index.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startWhatsAppCloudApi } from '../support/servers/whatsapp-cloud-api.ts';
import { carrierContract } from './carrier.contract.ts';
import type { CarrierSetup } from './carrier.contract.ts';
import { carrierDeps } from '../support/labs/carriers/carrier-deps.ts';

const appSecret = 'app secret';
const token = 'token';
const number = { number: '358401000001', phoneNumberId: '1111', accountId: '2222' };
const appId = '3333';

carrierContract('whatsapp-cloud', setUp);

const signatureHeader = 'x-hub-signature-256';

/** Makes a call with this body and Meta's signature. */
function signed(body: string): WebhookRequest {
  const digest = createHmac('sha256', appSecret).update(body).digest('hex');
  return {
    method: 'POST',
    query: '',
    headers: new Map([[signatureHeader, `sha256=${digest}`]]),
    body: Buffer.from(body),
  };
}

function withSignature({ headers }: WebhookRequest, change: (value: string) => string): Map<string, string> {
  return new Map(headers).set(signatureHeader, change(headers.get(signatureHeader) ?? ''));
}

/** Makes an inbound message in Meta's form: a text, a tap, or a medium with its caption. */
function phoneMessage(
  message: { sender: string; content: string; buttonReply?: string },
  attachment: { name: string; mimeType: string } | undefined,
): Record<string, unknown> {
  const { sender: from, content, buttonReply } = message;
  if (buttonReply !== undefined) return { from, type: 'button', button: { payload: 'p', text: buttonReply } };
  if (attachment === undefined) return { from, type: 'text', text: { body: content } };
  const { name, mimeType } = attachment;
  const type = mimeType.startsWith('image/') ? 'image' : 'document';
  const caption = content === '' ? {} : { caption: content };
  return {
    from,
    type,
    [type]: { mime_type: mimeType, ...caption, ...(type === 'document' ? { filename: name } : {}) },
  };
}

async function setUp(): Promise<CarrierSetup> {
  let status = 200;
  const receiver = await startWebhookReceiver(() => status);
  const network = await startWhatsAppCloudApi({ token, appSecret, number, appId, webhookUrl: receiver.url });
  const settings = { url: network.url, version: 'v23.0', token, appSecret, verifyToken: 'v', numbers: [number], appId };
  const deps = carrierDeps({ webhookUrl: receiver.url });
  return {
    carrier: whatsappCloud.create(settings, deps),
    protocol: 'WhatsApp',
    sender: number.number,
    connect: ({ url, timeoutMs }) => whatsappCloud.create({ ...settings, url }, { ...deps, timeoutMs }),
    unauthorised: whatsappCloud.create({ ...settings, token: 'another' }, deps),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      rejected: '358401230004',
      throttledOnce: '358401230006',
    },
    received: (address) => Promise.resolve(network.received(address)),
    calls: () => receiver.calls,
    senseless: ['', 'status=delivered', 'null', '7', '{', '{}', '{"object":"whatsapp_business_account"}'].map(signed),
    forgeries: (call) => [
      { ...call, body: Buffer.concat([call.body, Buffer.from(' ')]) },
      { ...call, body: new Uint8Array() },
      { ...call, headers: new Map() },
      { ...call, headers: withSignature(call, (signature) => signature.slice(0, -2)) },
      { ...call, headers: withSignature(call, (signature) => signature.replace('sha256=', '')) },
      { ...call, headers: withSignature(call, (signature) => signature.replace('sha256=', 'sha1=')) },
      {
        ...call,
        headers: withSignature(call, (signature) => signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
      },
    ],
    inbound: {
      protocols: ['WhatsApp'],
      recipient: number.number,
      async write({ attachments, ...message }) {
        const [attachment] = attachments;
        network.write(phoneMessage(message, attachment), attachment);
      },
      attachmentNames: { lost: 'lost.png', unavailable: 'unavailable.png' },
      namesAttachments: false,
      attachmentsPerMessage: 1,
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
