import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { findFreePort } from '../../src/local/free-port.ts';
import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { describeIf } from '../support/tools/describe-if.ts';
import { eventually } from '../support/tools/eventually.ts';
import { startFlowServer, subscribe } from '../support/servers/flow-server.ts';
import type { FlowServer } from '../support/servers/flow-server.ts';
import { hasKannel, kannelUser, missingKannel } from '../support/hosts/kannel-boxes.ts';
import { startKannelChain } from '../support/hosts/kannel-chain.ts';
import type { KannelChain, Submitted } from '../support/hosts/kannel-chain.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import type { Fate } from '../support/servers/smsc.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import type { WebhookReceiver } from '../support/servers/webhook-receiver.ts';

vi.setConfig({ maxConcurrency: 12, testTimeout: 60_000 });

const inboundSecret = 'secret-of-phones';

/** Numbers whose messages don't arrive: how the SMSC ends them, and the status that we report. */
const failures: readonly (readonly [number: string, fate: Fate, Status: string, details: Record<string, unknown>])[] = [
  [
    '358401230011',
    { stat: 'UNDELIV', state: 5, error: '027' },
    'undelivered',
    { ErrorCode: 'UNDELIV:027', Reason: 'other' },
  ],
  ['358401230012', { stat: 'EXPIRED', state: 3 }, 'expired', { ErrorCode: 'EXPIRED', Reason: 'expired' }],
  ['358401230013', { stat: 'REJECTD', state: 8 }, 'rejected', { ErrorCode: 'REJECTD', Reason: 'other' }],
  ['358401230014', { stat: 'UNKNOWN', state: 7 }, 'unknown', { ErrorCode: 'UNKNOWN', Reason: 'noReport' }],
  ['358401230015', { status: 0x0b }, 'rejected', { ErrorCode: '0x0000000b', Reason: 'invalidNumber' }],
  ['358401230016', { status: 0x58 }, 'rejected', { ErrorCode: 'NACK', Reason: 'carrierUnavailable' }],
];
const denied = '358401230017';

describeIf(hasKannel(), missingKannel, { concurrent: true })('through Kannel and SMPP', () => {
  let chain: KannelChain;
  let host: LocalHost;
  let api: Api;
  let receiver: WebhookReceiver;
  let flows: FlowServer;

  beforeAll(async () => {
    const port = await findFreePort();
    chain = await startKannelChain({
      webhookUrl: `http://127.0.0.1:${port}/api-integrations/v1/webhooks/kannel`,
      inboundSecret,
      denied,
      fates: new Map(failures.map(([number, fate]) => [number, fate])),
    });
    host = await spawnLocalHost({
      args: ['--memory', '--port', String(port), '--carrier', 'kannel'],
      environment: {
        KANNEL_URL: chain.sendUrl,
        KANNEL_USERNAME: kannelUser.username,
        KANNEL_PASSWORD: kannelUser.password,
        KANNEL_WEBHOOK_SECRET: 'secret for the reports',
        KANNEL_INBOUND_SECRET: inboundSecret,
      },
    });
    api = await createApi(host);
    receiver = await startWebhookReceiver();
    flows = await startFlowServer();
  });
  afterAll(async () => {
    await flows.stop();
    await receiver.stop();
    await host.stop();
    await chain.stop();
  });

  /** Sends to one number; resolves to the message's id. */
  async function sendOne(address: string, details: Record<string, unknown> = {}): Promise<string> {
    const answer = await api.post(sendTo([address], details));
    expect(answer).toMatchObject({ status: 200 });
    return (answer.body as SentBody).MessageId;
  }

  const named = { from: 'SmartDialog', fromTon: 5 };
  const joinable = (part: string): string => expect.stringMatching(`^050003..02${part}$`) as string;

  test.for<[what: string, address: string, Sender: string, Content: string, parts: Partial<Submitted>[]]>([
    [
      'a short text',
      '358401230021',
      'SmartDialog',
      'Hei [€] åäö @ Δ',
      [{ ...named, coding: 0, udh: '', text: 'Hei [€] åäö @ Δ' }],
    ],
    [
      'a long text with a character of two septets at the cut',
      '358401230022',
      '358401000000',
      `${'a'.repeat(152)}€${'b'.repeat(30)}`,
      [
        { from: '358401000000', fromTon: 1, coding: 0, udh: joinable('01'), text: 'a'.repeat(152) },
        { from: '358401000000', fromTon: 1, coding: 0, udh: joinable('02'), text: `€${'b'.repeat(30)}` },
      ],
    ],
    [
      'a short text that GSM 03.38 lacks',
      '358401230023',
      '16400',
      'Привет 😀',
      [{ from: '16400', coding: 8, udh: '', text: 'Привет 😀' }],
    ],
    [
      'a long one with an emoji at the cut',
      '358401230024',
      'SmartDialog',
      `${'ж'.repeat(66)}😀${'ж'.repeat(30)}`,
      [
        { ...named, coding: 8, udh: joinable('01'), text: 'ж'.repeat(66) },
        { ...named, coding: 8, udh: joinable('02'), text: `😀${'ж'.repeat(30)}` },
      ],
    ],
  ])('%s arrives unchanged, and its receipt comes back', async ([, address, Sender, Content, parts]) => {
    const path = `/dlr/${address}`;
    const messageId = await sendOne(address, { Sender, Content, DlrUrl: `${receiver.url}${path}` });
    await api.waitForStatus(messageId, 'delivered');
    const submitted = chain.submitted.filter(({ to }) => to === address);
    expect(submitted).toEqual(
      parts.map((part, index) => ({
        fromTon: expect.any(Number) as number,
        to: address,
        toTon: 1,
        receipt: index === parts.length - 1,
        ...part,
      })),
    );
    expect(new Set(submitted.map(({ udh }) => udh.slice(0, 8))).size).toBe(1);
    const [call] = await eventually(() => {
      const calls = receiver.calls.filter((each) => each.path.startsWith(`${path}?`));
      expect(calls).toHaveLength(1);
      return calls;
    });
    expect(Object.fromEntries(new URLSearchParams(call?.query))).toMatchObject({
      messageId,
      address,
      status: 'Delivered',
      parts: String(parts.length),
    });
  });

  test.for(failures)('reports what the SMSC did with %s, and the reason: %j', async ([address, , Status, details]) => {
    const messageId = await sendOne(address, { DlrUrl: `${receiver.url}/failed/${address}` });
    const { Recipients } = await api.waitForStatus(messageId, Status);
    expect(Recipients).toMatchObject([{ Status, ErrorMessage: expect.stringMatching(/\S/) as string, ...details }]);
    await eventually(() => {
      const calls = receiver.calls.filter((each) => each.path.startsWith(`/failed/${address}?`));
      expect(calls).toHaveLength(1);
    });
  });

  test('a number that Kannel refuses is refused', async () => {
    const { Recipients } = await api.waitForStatus(await sendOne(denied), 'rejected');
    expect(Recipients).toMatchObject([
      { Reason: 'barred', ErrorMessage: expect.stringContaining('black-lists') as string },
    ]);
    expect(chain.received(denied)).toEqual([]);
  });

  test.for(['Hello', 'Kyllä €, kiitos! Привет 😀', '+ & % = "x"\nsecond line  two blanks'])(
    'an inbound message reaches a flow: %s',
    async (content) => {
      const flow = flows.flow();
      await subscribe(api, 'demo-twoway', flow);
      chain.write({ sender: '358401230099', recipient: '16400', content });
      expect(await flow.notified(content)).toMatchObject({ content });
    },
  );

  test('refuses reports and inbound messages without the secret', async () => {
    const calls = [
      '?recipient=0&type=1&at=1795544776&key=0',
      '?id=1&at=1795544776&from=%2B358401230099&to=16400&text=forged',
    ];
    for (const query of calls) {
      const { status } = await fetch(`${host.baseUrl}/webhooks/kannel${query}`);
      expect(status).toBe(401);
    }
  });
});
