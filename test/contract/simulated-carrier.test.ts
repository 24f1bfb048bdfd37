import { createHmac } from 'node:crypto';
import { createSimulatedCarrier } from '../../src/carriers/simulated/index.ts';
import { startSimulatedCarrier } from '../../src/carriers/simulated/server.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { carrierContract } from './carrier.contract.ts';

const apiKey = 'key';
const webhookSecret = 'secret';

carrierContract('simulated', async () => {
  const receiver = await startWebhookReceiver();
  const network = await startSimulatedCarrier({ port: 0, apiKey, webhookSecret, latencyMs: 10, approvalMs: 10 });
  const reached = { url: network.url, apiKey, webhookSecret, reportUrl: `${receiver.url}/reports` };
  return {
    carrier: createSimulatedCarrier(reached),
    connect: (other) => createSimulatedCarrier({ ...reached, ...other }),
    unauthorised: createSimulatedCarrier({ ...reached, apiKey: 'another' }),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      expired: '358401230003',
      rejected: '358401230004',
      throttledOnce: '358401230006',
    },
    async received(address) {
      const response = await fetch(`${network.url}/messages?address=${address}`);
      const messages = (await response.json()) as { content: string; sender: string }[];
      return messages.reverse().map(({ content, sender }) => ({ content, sender }));
    },
    calls: () => receiver.calls,
    sign(body) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const digest = createHmac('sha256', webhookSecret).update(`${timestamp}.${body}`).digest('hex');
      const headers = new Map([
        ['x-simulated-timestamp', timestamp],
        ['x-simulated-signature', `sha256=${digest}`],
      ]);
      return { method: 'POST', headers, body: Buffer.from(body) };
    },
    async stop() {
      await network.stop();
      await receiver.stop();
    },
  };
});
