import { expect } from 'vitest';

import type { Carrier, WebhookRequest } from '../../src/carriers/carrier.ts';
import { reportKey } from '../../src/carriers/kannel/keys.ts';
import { eventually } from '../support/tools/eventually.ts';
import type { ShownMessage } from '../support/tools/join-parts.ts';
import { receipt, startKannelApi } from '../support/servers/kannel-api.ts';
import { hasKannel, kannelUser, missingKannel } from '../support/hosts/kannel-boxes.ts';
import { createKannelCarrier, kannelSecrets } from '../support/labs/carriers/kannel.ts';
import { startKannelChain } from '../support/hosts/kannel-chain.ts';
import { describeIf } from '../support/tools/describe-if.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { carrierContract } from './carrier.contract.ts';
import type { CarrierSetup } from './carrier.contract.ts';

const { webhookSecret, inboundSecret } = kannelSecrets;

carrierContract('kannel', () => setUp(startFake));

describeIf(hasKannel(), missingKannel)('if Kannel itself is installed', () => {
  carrierContract('kannel, the real one', () => setUp(startReal));
});

/** Kannel, or its fake. */
interface Network {
  url: string;
  /** Parts that reached the SMSC, or the fake. */
  submitted: readonly unknown[];
  received(address: string): ShownMessage[];
  write(message: { sender: string; recipient: string; content: string }): void;
  stop(): Promise<void>;
}

const denied = '358401230004';

async function startFake(webhookUrl: string): Promise<Network> {
  const api = await startKannelApi({
    ...kannelUser,
    denied: [denied],
    reports: new Map([
      ['358401230002', [[2, receipt('UNDELIV', '027')]]],
      ['358401230003', [[34, receipt('EXPIRED')]]],
    ]),
    postUrl: `${webhookUrl.replace('//', `//kannel:${inboundSecret}@`)}?id=%I&at=%T&from=%p&to=%P`,
  });
  return { ...api, submitted: api.calls };
}

async function startReal(webhookUrl: string): Promise<Network> {
  const { sendUrl, ...chain } = await startKannelChain({
    webhookUrl,
    inboundSecret,
    denied,
    fates: new Map([
      ['358401230002', { stat: 'UNDELIV', state: 5, error: '027' }],
      ['358401230003', { stat: 'EXPIRED', state: 3 }],
    ]),
  });
  return { url: sendUrl, ...chain };
}

const showing = (secret: string): Map<string, string> =>
  new Map([
    ['authorization', `Basic ${Buffer.from(`kannel:${secret}`).toString('base64')}`],
    ['content-type', 'text/plain; charset="UTF-8"'],
  ]);

/** A report with a valid key. */
function report(details: string): WebhookRequest {
  const query = `?recipient=r&key=${reportKey('r', webhookSecret)}${details}`;
  return { method: 'GET', query, headers: new Map(), body: new Uint8Array() };
}

function phoneMessage(query: string): WebhookRequest {
  return { method: 'POST', query, headers: showing(inboundSecret), body: Buffer.from('text') };
}

/** The same call with one parameter of its query changed. */
function withQuery(call: WebhookRequest, change: (query: URLSearchParams) => void): WebhookRequest {
  const query = new URLSearchParams(call.query);
  change(query);
  return { ...call, query: `?${query.toString()}` };
}

function forgeriesOfReport(call: WebhookRequest): WebhookRequest[] {
  const key = new URLSearchParams(call.query).get('key') ?? '';
  const other = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  return [
    withQuery(call, (query) => query.delete('key')),
    withQuery(call, (query) => query.set('key', '')),
    withQuery(call, (query) => query.set('key', key.slice(0, -1))),
    withQuery(call, (query) => query.set('key', other)),
    withQuery(call, (query) => query.set('key', inboundSecret)),
    withQuery(call, (query) => query.set('recipient', `${query.get('recipient')}1`)),
    withQuery(call, (query) => query.set('recipient', '')),
    withQuery(call, (query) => query.delete('recipient')),
    { ...call, query: '' },
  ];
}

async function setUp(start: (webhookUrl: string) => Promise<Network>): Promise<CarrierSetup> {
  let status = 200;
  const receiver = await startWebhookReceiver(() => status);
  const webhookUrl = `${receiver.url}/webhooks/kannel`;
  const network = await start(webhookUrl);
  let taken = 0;
  const countingFetch: typeof fetch = async (...call) => {
    const response = await fetch(...call);
    if (response.status === 202) taken += 1;
    return response;
  };
  const connect = (changes: { url?: string; timeoutMs?: number; password?: string } = {}): Carrier => {
    const { timeoutMs = 10_000, ...settings } = changes;
    return createKannelCarrier(
      { url: network.url, inboundSecret, ...settings },
      { webhookUrl, timeoutMs, fetch: countingFetch },
    );
  };
  return {
    carrier: connect(),
    protocol: 'SMS',
    sender: 'Example',
    givesReferences: false,
    connect,
    unauthorised: connect({ password: 'another' }),
    addresses: {
      delivered: '358401230001',
      undelivered: '358401230002',
      expired: '358401230003',
      rejected: '358401230004',
    },
    // Kannel submits the messages that it has accepted.
    received: (address) =>
      eventually(() => {
        expect(network.submitted).toHaveLength(taken);
        return network.received(address);
      }),
    calls: () => receiver.calls,
    senseless: [
      report(''),
      report('&type=1'),
      report('&type=1&at='),
      report('&type=1&at=yesterday'),
      report('&at=1795544776'),
      report('&type=&at=1795544776'),
      report('&type=-1&at=1795544776'),
      report('&type=one&at=1795544776'),
      phoneMessage(''),
      phoneMessage('?at=1795544776&from=%2B358401230001&to=16400'),
      phoneMessage('?id=i&from=%2B358401230001&to=16400'),
      phoneMessage('?id=i&at=now&from=%2B358401230001&to=16400'),
      phoneMessage('?id=i&at=1795544776&from=&to=16400'),
      phoneMessage('?id=i&at=1795544776&from=%2B358401230001'),
      { ...phoneMessage('?id=i&at=1795544776&from=%2B358401230001&to=16400'), method: 'GET' },
    ],
    forgeries: (call) =>
      new URLSearchParams(call.query).has('recipient')
        ? forgeriesOfReport(call)
        : [
            { ...call, headers: new Map() },
            ...['', 'another secret', inboundSecret.slice(0, -1), `${inboundSecret}x`, webhookSecret].map((secret) => ({
              ...call,
              headers: showing(secret),
            })),
            { ...call, headers: new Map([['authorization', `Bearer ${inboundSecret}`]]) },
            { ...call, headers: new Map([['authorization', 'Basic ?']]) },
          ],
    inbound: {
      protocols: ['SMS'],
      recipient: '16400',
      write: async ({ sender, recipient, content }) => network.write({ sender, recipient, content }),
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
