import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { answerRoot } from '../../../src/local/root-routes.ts';
import { eventually } from '../../support/tools/eventually.ts';
import { inboundCalls, plainInbound, startNetwork } from '../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../support/servers/webhook-receiver.ts';

/** Starts a host that answers only outside the app; anything else is 404 with an empty body. */
async function startRoot(carrierUrl: string): Promise<string> {
  const addresses = { api: 'http://127.0.0.1:7071/api' };
  const issueToken = (user = 'demo') => Promise.resolve(`token of ${user}`);
  const server = createServer(async (request, response) => {
    if (await answerRoot(request, response, { carrierUrl, addresses, issueToken })) return;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startAll() {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.stop());
  const network = await startNetwork({ latencyMs: 3_600_000, inboundUrl: receiver.url });
  return { receiver, network, root: await startRoot(network.url) };
}

const read = async (response: Response): Promise<unknown[]> => [
  response.status,
  response.headers.get('content-type'),
  await response.json(),
];

test('answers the addresses and tokens', async () => {
  const { root } = await startAll();
  const json = 'application/json';
  expect(await read(await fetch(`${root}/`))).toEqual([200, json, { api: 'http://127.0.0.1:7071/api' }]);
  expect(await read(await fetch(`${root}/token`))).toEqual([200, json, { access_token: 'token of demo' }]);
  expect(await read(await fetch(`${root}/token?user=x`))).toEqual([200, json, { access_token: 'token of x' }]);
});

test('shows the messages that a phone received', async () => {
  const { root, network } = await startAll();
  await network.submit('http://127.0.0.1:9/', [{ id: 'a' }, { id: 'b', to: '358401230002' }]);
  const response = await fetch(`${root}/simulator/messages?address=358401230002`);
  expect(await read(response)).toMatchObject([200, 'application/json', [{ recipientId: 'b' }]]);
});

test('lets a phone write', async () => {
  const { root, receiver } = await startAll();
  // Larger than any buffer on the way.
  const content = Buffer.alloc(2_000_000, 7).toString('base64');
  const attachments = [{ name: 'a.bin', mimeType: 'application/octet-stream', content }];
  const body = JSON.stringify({ ...plainInbound, protocol: 'MMS', attachments });
  const response = await fetch(`${root}/simulator/inbound`, { method: 'POST', body });
  const answer = await read(response);
  expect(answer).toEqual([202, 'application/json', { id: expect.stringMatching(/^sim-inbound-/) as string }]);
  await eventually(() => expect(inboundCalls(receiver).flat()).toHaveLength(1));
  expect(inboundCalls(receiver).flat()).toMatchObject([answer[2] as object]);
});

test.each([
  ['{', 400, { code: 'BadRequest', message: 'The body must be JSON.' }],
  ['', 400, { code: 'BadRequest', message: 'The body must be JSON.' }],
  [' '.repeat(16 * 1024 * 1024 + 1), 413, { code: 'TooLarge', message: 'The body must have at most 16777216 bytes.' }],
])('passes on the refusal of the carrier', async (body, status, problem) => {
  const { root } = await startAll();
  const response = await fetch(`${root}/simulator/inbound`, { method: 'POST', body });
  expect(await read(response)).toEqual([status, 'application/json', problem]);
});

test.each([
  ['GET', '/simulator/inbound'],
  ['POST', '/simulator/messages'],
  ['POST', '/token'],
  ['POST', '/'],
  ['GET', '/simulator'],
  ['GET', '//'],
])('answers 404 to %s %s', async (method, path) => {
  const { root } = await startAll();
  expect((await fetch(`${root}${path}`, { method })).status).toBe(404);
});
