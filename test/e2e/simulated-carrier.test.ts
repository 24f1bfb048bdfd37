import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';

import { afterAll, expect, test } from 'vitest';

import { networkKey, networkSecret } from '../support/servers/simulated-network.ts';

// The simulated carrier as `npm run carrier` starts it.
const runner = new URL('../../src/local/simulated-carrier.ts', import.meta.url).pathname;
const settings = { PORT: '0', SIMULATED_CARRIER_KEY: networkKey, SIMULATED_CARRIER_SECRET: networkSecret };
const children: ChildProcessWithoutNullStreams[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

function run(changes: Record<string, string>): ChildProcessWithoutNullStreams {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [runner], { env: { PATH, NODE_COMPILE_CACHE, ...settings, ...changes } });
  children.push(child);
  return child;
}

test('the separate process prints its address, serves, and keeps its state when it is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulated-carrier-'));
  const stateFile = join(folder, 'new', 'state.jsonl');
  const start = async () => {
    const child = run({ SIMULATED_CARRIER_STATE: stateFile, SIMULATED_CARRIER_LATENCY_MS: '3600000' });
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
  await rm(folder, { recursive: true });
});

test.concurrent.for([
  [{ PORT: '' }, 'PORT is not set'],
  [{ PORT: 'x' }, "PORT must be a whole number, not 'x'"],
  [{ SIMULATED_CARRIER_KEY: '' }, 'SIMULATED_CARRIER_KEY is not set'],
  [{ SIMULATED_CARRIER_LATENCY_MS: '1s' }, "SIMULATED_CARRIER_LATENCY_MS must be a whole number, not '1s'"],
  [
    { SIMULATED_CARRIER_INBOUND_URL: 'ftp://x' },
    "SIMULATED_CARRIER_INBOUND_URL must be an http or https address, not 'ftp://x'",
  ],
] as const)(
  'the separate process prints what is wrong with its settings: %j',
  async ([change, message], { expect }) => {
    const child = run(change);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(errors).toContain(message);
  },
);
