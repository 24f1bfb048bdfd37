import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../../support/tools/eventually.ts';
import { reportCalls, startNetwork } from '../../../support/servers/simulated-network.ts';
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
