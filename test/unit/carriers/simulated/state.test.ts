import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../../support/tools/eventually.ts';
import { networkKey, networkSecret, reportCalls, startNetwork } from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

const never = { latencyMs: 3_600_000 };

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simulated-carrier-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'new', 'state.jsonl');
}

async function startReceiver(...options: Parameters<typeof startWebhookReceiver>) {
  const receiver = await startWebhookReceiver(...options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

const idsOf = (receiver: Parameters<typeof reportCalls>[0]) =>
  reportCalls(receiver)
    .flat()
    .map(({ id }) => id);

describe('a restart', () => {
  test('keeps messages and answers', async () => {
    const stateFile = await temporaryFile();
    const messages = [
      { id: 'a', to: '358401230001' },
      { id: 'b', to: '358401230004' },
      { id: 'c', to: '358401230006' },
      { id: 'd', to: '358401230005' },
    ];
    const submit = async (network: Awaited<ReturnType<typeof startNetwork>>) =>
      (await (await network.submit('http://127.0.0.1:9/', messages)).json()) as { results: object[] };

    const before = await startNetwork({ ...never, stateFile });
    const first = await submit(before);
    const listed = await before.list();
    expect(listed).toHaveLength(2);
    await before.stop();

    const after = await startNetwork({ ...never, stateFile });
    expect(await after.list()).toEqual(listed);
    const second = await submit(after);
    expect(first.results[2]).toMatchObject({ id: 'c', result: 'throttled' });
    expect(second.results[2]).toMatchObject({ id: 'c', result: 'accepted' });
    expect(second.results.toSpliced(2, 1)).toEqual(first.results.toSpliced(2, 1));
  });

  test('sends the unconfirmed reports, and no others', async () => {
    const stateFile = await temporaryFile();
    let status = 503;
    const receiver = await startReceiver(() => status);
    const reportUrl = `${receiver.url}/reports`;

    const notDue = await startNetwork({ ...never, stateFile });
    await notDue.submit(reportUrl, [{ id: 'a' }]);
    await notDue.stop();
    expect(receiver.calls).toEqual([]);

    const refused = await startNetwork({ stateFile });
    await eventually(() => expect(idsOf(receiver)).toEqual(['a']));
    await refused.stop();

    status = 200;
    const confirmed = await startNetwork({ stateFile });
    await eventually(() => expect(idsOf(receiver)).toEqual(['a', 'a']));
    await eventually(async () => expect(await readFile(stateFile, 'utf8')).toContain('"reported"'));
    await confirmed.stop();

    const silent = await startNetwork({ stateFile });
    await silent.submit(reportUrl, [{ id: 'b' }]);
    await eventually(() => expect(idsOf(receiver)).toContain('b'));
    expect(idsOf(receiver)).toEqual(['a', 'a', 'b']);
  });

  test('sends overdue reports in calls of a hundred', async () => {
    const stateFile = await temporaryFile();
    const receiver = await startReceiver();
    const before = await startNetwork({ ...never, stateFile });
    for (const prefix of ['a', 'b', 'c']) {
      const messages = Array.from({ length: 70 }, (_, index) => ({ id: `${prefix}${index}` }));
      await before.submit(`${receiver.url}/reports`, messages);
    }
    await before.stop();

    await startNetwork({ stateFile });
    await eventually(() => expect(idsOf(receiver)).toHaveLength(210));
    expect(
      reportCalls(receiver)
        .map(({ length }) => length)
        .sort((one, other) => one - other),
    ).toEqual([10, 100, 100]);
    expect(new Set(idsOf(receiver)).size).toBe(210);
  });

  test('loses nothing but a torn last line', async () => {
    const stateFile = await temporaryFile();
    const first = await startNetwork({ ...never, stateFile });
    await first.submit('http://127.0.0.1:9/', [{ id: 'a', content: 'ä' }]);
    await first.stop();
    await appendFile(stateFile, '{"kind":"taken","message":{"id":"torn');

    const second = await startNetwork({ ...never, stateFile });
    expect((await second.list()).map(({ recipientId }) => recipientId)).toEqual(['a']);
    await second.submit('http://127.0.0.1:9/', [{ id: 'b' }]);
    await second.stop();

    const third = await startNetwork({ ...never, stateFile });
    expect((await third.list()).map(({ recipientId }) => recipientId)).toEqual(['b', 'a']);
  });

  test('fails if the file is not a journal', async () => {
    const stateFile = await temporaryFile();
    const network = await startNetwork({ ...never, stateFile });
    await network.stop();
    await writeFile(stateFile, '{"kind":"throttled","id":"a"}\nnot ours\n');
    await expect(startNetwork({ stateFile })).rejects.toThrow(
      `${stateFile}, line 2, is not JSON; remove the file to start afresh`,
    );
    expect((await stat(stateFile)).size).toBe(39);
  });
});

describe('the carrier as a separate process', () => {
  const runner = new URL('../../../../src/local/simulated-carrier.ts', import.meta.url).pathname;
  const run = (settings: Record<string, string>) => {
    const child = spawn(process.execPath, [runner], { env: { PATH: process.env['PATH'] ?? '', ...settings } });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  };
  const settings = { PORT: '0', SIMULATED_CARRIER_KEY: networkKey, SIMULATED_CARRIER_SECRET: networkSecret };

  test('prints its address, serves, and keeps its state when it is killed', async () => {
    const stateFile = await temporaryFile();
    const start = async () => {
      const child = run({ ...settings, SIMULATED_CARRIER_STATE: stateFile, SIMULATED_CARRIER_LATENCY_MS: '3600000' });
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      expect(line).toMatch(/^simulated carrier http:\/\/127\.0\.0\.1:\d+$/);
      return { child, url: line.slice('simulated carrier '.length) };
    };
    const first = await start();
    const message = {
      id: 'a',
      messageId: 'm',
      sender: 's',
      to: '358401230001',
      protocol: 'SMS',
      content: '',
      parts: 1,
    };
    const response = await fetch(`${first.url}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${networkKey}` },
      body: JSON.stringify({ reportUrl: 'http://127.0.0.1:9/', messages: [message] }),
    });
    expect(response.status).toBe(202);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await start();
    expect(await (await fetch(`${second.url}/messages`)).json()).toMatchObject([{ recipientId: 'a' }]);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });

  test.for([
    [{ PORT: '' }, 'PORT is not set'],
    [{ PORT: 'x' }, "PORT must be a whole number, not 'x'"],
    [{ SIMULATED_CARRIER_KEY: '' }, 'SIMULATED_CARRIER_KEY is not set'],
    [{ SIMULATED_CARRIER_LATENCY_MS: '1s' }, "SIMULATED_CARRIER_LATENCY_MS must be a whole number, not '1s'"],
    [
      { SIMULATED_CARRIER_INBOUND_URL: 'ftp://x' },
      "SIMULATED_CARRIER_INBOUND_URL must be an http or https address, not 'ftp://x'",
    ],
  ] as const)('prints what is wrong with its settings: %j', async ([change, message]) => {
    const child = run({ ...settings, ...change });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(errors).toContain(message);
  });
});
