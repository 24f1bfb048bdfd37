import { expect, onTestFinished, test } from 'vitest';
import { reportsOf, statusOf } from '../../../../src/carriers/simulated/outcomes.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import { reportCalls, startNetwork } from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

const latencyMs = 40;
const submittedAt = new Date('2026-11-23T10:00:00.000Z');
const settledAt = '2026-11-23T10:00:00.040Z';

const numbers = ['0001', '0002', '0003', '0004', '0005', '0006', '0007', '0008', '4242'];
const phone = (suffix: string) => `35840123${suffix}`;

test('each suffix of a number decides the result, the status and the reports', async () => {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.stop());
  let now = submittedAt;
  const network = await startNetwork({ latencyMs, now: () => now });
  const submit = async () => {
    const messages = numbers.map((suffix) => ({ id: suffix, to: phone(suffix) }));
    const response = await network.submit(`${receiver.url}/reports`, messages);
    expect(response.status).toBe(202);
    return response.json();
  };

  const accepted = (id: string) => ({ id, result: 'accepted', reference: expect.stringMatching(/^sim-/) as string });
  const results = [
    accepted('0001'),
    accepted('0002'),
    accepted('0003'),
    {
      id: '0004',
      result: 'rejected',
      code: 'NumberBarred',
      message: 'The number is barred: no message is taken for it.',
    },
    accepted('0005'),
    {
      id: '0006',
      result: 'throttled',
      code: 'TooManyMessages',
      message: 'Too many messages at the moment; submit this message again.',
    },
    accepted('0007'),
    accepted('0008'),
    accepted('4242'),
  ];
  expect(await submit()).toEqual({ results });
  expect(await submit()).toEqual({ results: results.with(5, accepted('0006')) });

  const statuses = async () => {
    const listed = await network.list();
    return Object.fromEntries(listed.map(({ recipientId, status }) => [recipientId, status]));
  };
  const taken = numbers.filter((suffix) => suffix !== '0004');
  expect(await statuses()).toEqual(Object.fromEntries(taken.map((suffix) => [suffix, 'accepted'])));
  now = new Date(settledAt);
  expect(await statuses()).toEqual({
    ...Object.fromEntries(taken.map((suffix) => [suffix, 'delivered'])),
    '0002': 'undelivered',
    '0003': 'expired',
  });

  // The late report is the last of all: a message without a report after it never gets one.
  const reports = await eventually(() => {
    const received = reportCalls(receiver).flat();
    expect(received.map(({ id }) => id)).toContain('0007');
    return received;
  });
  const delivered = (id: string) => ({ id, status: 'delivered', at: settledAt });
  const grouped = Object.groupBy(reports, ({ id }) => id);
  expect(grouped).toEqual({
    '0001': [delivered('0001')],
    '0002': [
      {
        id: '0002',
        status: 'undelivered',
        code: 'AbsentSubscriber',
        message: 'The phone could not be reached.',
        at: settledAt,
      },
    ],
    '0003': [
      {
        id: '0003',
        status: 'expired',
        code: 'ValidityExpired',
        message: 'The message was held until its validity ended.',
        at: settledAt,
      },
    ],
    '0006': [delivered('0006')],
    '0007': [delivered('0007')],
    '0008': [delivered('0008'), { id: '0008', status: 'buffered', at: submittedAt.toISOString() }, delivered('0008')],
    '4242': [delivered('4242')],
  });
});

test.for([
  [0, 2000],
  [99, 2000],
  [100, 2000],
  [150, 3000],
])('with a latency of %i ms, the late report is due after %i ms', ([latency = 0, delay = 0]) => {
  const [report] = reportsOf({ address: phone('0007'), receivedAt: 1_000_000 }, latency);
  expect(report).toEqual({ status: 'delivered', happenedAt: 1_000_000 + latency, dueAt: 1_000_000 + delay });
});

test('repeated and out-of-order reports are one latency apart', () => {
  const reports = reportsOf({ address: phone('0008'), receivedAt: 1000 }, 150);
  expect(reports).toEqual([
    { status: 'delivered', happenedAt: 1150, dueAt: 1150 },
    { status: 'buffered', happenedAt: 1000, dueAt: 1300 },
    { status: 'delivered', happenedAt: 1150, dueAt: 1450 },
  ]);
});

test.for(['0001', '358', '12345', '0', '', 'constructor'])('a number of any length has an outcome: %s', (address) => {
  expect(statusOf({ address, receivedAt: 0 }, 10, 10)).toBe('delivered');
  expect(statusOf({ address, receivedAt: 0 }, 10, 9)).toBe('accepted');
});
