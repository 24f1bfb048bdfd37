import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../src/carriers/carrier.ts';
import { createSimulatedCarrier } from '../../src/carriers/simulated/index.ts';
import { startSimulatedCarrier } from '../../src/carriers/simulated/server.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { carrierContract } from './carrier.contract.ts';
import type { CarrierSetup } from './carrier.contract.ts';

const apiKey = 'key';
const webhookSecret = 'secret';

carrierContract('simulated', () => setUp({ recognisesRepeats: true }));
carrierContract('simulated, blind to repeats', () => setUp({ recognisesRepeats: false }));

/** Makes a call with this body and the network's signature. */
function signed(body: string): WebhookRequest {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', webhookSecret).update(`${timestamp}.${body}`).digest('hex');
  const headers = new Map([
    ['x-simulated-timestamp', timestamp],
    ['x-simulated-signature', `sha256=${digest}`],
  ]);
  return { method: 'POST', query: '', headers, body: Buffer.from(body) };
}

const signatureHeader = 'x-simulated-signature';

function withHeader({ headers }: WebhookRequest, change: (value: string) => string): Map<string, string> {
  return new Map(headers).set(signatureHeader, change(headers.get(signatureHeader) ?? ''));
}

async function setUp({ recognisesRepeats }: { recognisesRepeats: boolean }): Promise<CarrierSetup> {
  let status = 200;
  const receiver = await startWebhookReceiver(() => status);
  const reportUrl = `${receiver.url}/reports`;
  const common = { apiKey, webhookSecret, recognisesRepeats };
  const timing = { latencyMs: 10, approvalMs: 10 };
  const network = await startSimulatedCarrier({ port: 0, inboundUrl: reportUrl, ...common, ...timing });
  const connection = { url: network.url, reportUrl, ...common };
  return {
    carrier: createSimulatedCarrier(connection),
    protocol: 'SMS',
    sender: 'Example',
    connect: (other) => createSimulatedCarrier({ ...connection, ...other }),
    unauthorised: createSimulatedCarrier({ ...connection, apiKey: 'another' }),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      expired: '358401230003',
      rejected: '358401230004',
      throttledOnce: '358401230006',
    },
    async received(address) {
      const response = await fetch(`${network.url}/messages?address=${address}`);
      const messages = (await response.json()) as { content: string; sender: string; buttons?: string[] }[];
      return messages.reverse().map(({ content, sender, buttons }) => ({ content, sender, buttons }));
    },
    calls: () => receiver.calls,
    senseless: ['', 'status=delivered', 'null', '7', '{'].map(signed),
    forgeries: (call) => [
      { ...call, body: Buffer.concat([call.body, Buffer.from(' ')]) },
      { ...call, body: new Uint8Array() },
      { ...call, headers: new Map() },
      { ...call, headers: withHeader(call, (signature) => signature.slice(0, -2)) },
      {
        ...call,
        headers: withHeader(call, (signature) => signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
      },
    ],
    inbound: {
      protocols: ['SMS', 'MMS', 'WhatsApp'],
      recipient: '358401000001',
      async write({ attachments, ...message }) {
        const encoded = attachments.map(({ bytes, ...rest }) => ({
          ...rest,
          content: Buffer.from(bytes).toString('base64'),
        }));
        const response = await fetch(`${network.url}/inbound`, {
          method: 'POST',
          body: JSON.stringify({ ...message, attachments: encoded }),
        });
        if (response.status !== 202) throw new Error(`the carrier answered ${response.status}`);
      },
      attachmentNames: { lost: 'lost.png', unavailable: 'unavailable.png' },
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
