import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { retryDelayMs } from '../../../../src/carriers/simulated/reports.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import { networkSecret, reportCalls, startNetwork } from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

async function startReceiver(...options: Parameters<typeof startWebhookReceiver>) {
  const receiver = await startWebhookReceiver(...options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

const messages = (count: number, prefix = 'r') =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}` }));

test('the signature of a call covers its timestamp and its raw body', async () => {
  const receiver = await startReceiver();
  const network = await startNetwork({ now: () => new Date('2026-11-23T10:00:00.999Z') });
  await network.submit(`${receiver.url}/reports?code=7`, [{ id: 'ä' }]);
  const call = await eventually(() => {
    expect(receiver.calls).toHaveLength(1);
    return receiver.calls[0];
  });
  const body = '{"reports":[{"id":"ä","status":"delivered","at":"2026-11-23T10:00:00.999Z"}]}';
  const timestamp = String(Date.parse('2026-11-23T10:00:00Z') / 1000);
  const digest = createHmac('sha256', networkSecret).update(`${timestamp}.${body}`).digest('hex');
  expect(Buffer.from(call?.body ?? []).toString('utf8')).toBe(body);
  expect([call?.method, call?.path]).toEqual(['POST', '/reports?code=7']);
  expect(Object.fromEntries(call?.headers ?? [])).toMatchObject({
    'content-type': 'application/json',
    'x-simulated-timestamp': timestamp,
    'x-simulated-signature': `sha256=${digest}`,
  });
});

test('reports to one address that are due at the same time share a call', async () => {
  const receiver = await startReceiver();
  const network = await startNetwork({ latencyMs: 30 });
  await network.submit(`${receiver.url}/reports`, messages(100));
  await eventually(() => expect(reportCalls(receiver).flat()).toHaveLength(100));
  expect(reportCalls(receiver).map((reports) => reports.map(({ id }) => id))).toEqual([
    messages(100).map(({ id }) => id),
  ]);
});

test('reports to different addresses go in different calls', async () => {
  const receiver = await startReceiver();
  const network = await startNetwork({ latencyMs: 30 });
  await network.submit(`${receiver.url}/a`, messages(2, 'a'));
  await network.submit(`${receiver.url}/b`, messages(2, 'b'));
  await eventually(() => expect(reportCalls(receiver).flat()).toHaveLength(4));
  const calls = reportCalls(receiver).map((reports, index): [string, string[]] => [
    receiver.calls[index]?.path ?? '',
    reports.map(({ id }) => id),
  ]);
  expect(calls).toHaveLength(2);
  expect(Object.fromEntries(calls)).toEqual({ '/a': ['a0', 'a1'], '/b': ['b0', 'b1'] });
});

test.for([
  [1, 500],
  [2, 1000],
  [6, 16_000],
  [7, 30_000],
  [5000, 30_000],
])('waits after failure %i for %i ms', ([failures = 0, delay]) => {
  expect(retryDelayMs(failures)).toBe(delay);
});

test('a report is sent again with a new signature until its receiver confirms it', async () => {
  let now = Date.parse('2026-11-23T10:00:00Z');
  const statuses = [500, 302, 204];
  const receiver = await startReceiver((index) => {
    now += 600_000;
    return statuses[index] ?? 200;
  });
  const lines: string[] = [];
  const network = await startNetwork({ now: () => new Date(now), log: (line) => lines.push(line) });
  await network.submit(`${receiver.url}/reports`, [{ id: 'a' }]);
  await eventually(() => expect(receiver.calls).toHaveLength(3));
  const [first, second, third] = reportCalls(receiver);
  expect([second, third]).toEqual([first, first]);
  expect(receiver.calls.map(({ headers }) => Number(headers.get('x-simulated-timestamp')) % 86_400)).toEqual([
    36_000, 36_600, 37_200,
  ]);
  const address = `${receiver.url}/reports`;
  expect(lines).toEqual([
    `1 report to ${address}: answered 500; next attempt in 0.5 s`,
    `1 report to ${address}: answered 302; next attempt in 1 s`,
  ]);
});

test('a receiver that starts late still gets every report', async () => {
  const placeholder = await startWebhookReceiver();
  const { port } = new URL(placeholder.url);
  await placeholder.stop();
  const lines: string[] = [];
  const network = await startNetwork({ log: (line) => lines.push(line) });
  await network.submit(`${placeholder.url}/reports`, messages(3));
  await eventually(() => expect(lines.join()).toContain('ECONNREFUSED'));

  const receiver = await startReceiver(() => 200, Number(port));
  await eventually(() => expect(reportCalls(receiver).flat()).toHaveLength(3));
});

test('at most sixteen calls are in progress at once', async () => {
  let open = 0;
  let max = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const receiver = await startReceiver(async () => {
    open += 1;
    max = Math.max(max, open);
    await released;
    open -= 1;
    return 200;
  });
  const network = await startNetwork();
  for (let address = 0; address < 40; address += 1) {
    await network.submit(`${receiver.url}/${address}`, [{ id: `r${address}` }]);
  }
  await eventually(() => expect(open).toBe(16));
  release();
  await eventually(() => expect(receiver.calls).toHaveLength(40));
  expect(max).toBe(16);
  expect(new Set(receiver.calls.map(({ path }) => path)).size).toBe(40);
});
