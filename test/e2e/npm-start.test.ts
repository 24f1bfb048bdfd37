import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, describe, expect, onTestFinished, test } from 'vitest';

import { createApi, sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const hosts: LocalHost[] = [];

async function start(args: readonly string[], environment: Record<string, string> = {}): Promise<LocalHost> {
  const host = await spawnLocalHost({ args, environment });
  hosts.push(host);
  return host;
}

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'smartdialog-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('npm start', () => {
  test('prints the addresses, a command that sends a message, and ready', async () => {
    const host = await start(['--memory', '--port', '0']);
    const output = host.output();
    for (const name of ['api', 'tokenIssuer', 'simulatedCarrier', 'phoneInbox'])
      expect(output).toMatch(new RegExp(`${name} +http`));
    expect(output).toContain('SendMessage');
    expect(output.trimEnd().split('\n').at(-1)).toBe(`ready ${host.baseUrl}`);
    expect(host.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api-integrations\/v1$/);

    const [command] = /curl -s \S+\/messages .*/.exec(output) ?? [];
    const { stdout } = await run('sh', ['-c', command ?? 'false']);
    const sent = JSON.parse(stdout) as SentBody;
    expect(Object.keys(sent)).toEqual(['MessageId', 'MessagePartCount', 'Recipients']);
    const api = await createApi(host);
    await api.waitForStatus(sent.MessageId, 'delivered');
    expect((await api.inbox('358401230001'))[0]?.content).toBe('Hello Aino, this is SmartDialog.');
  });

  test('npm run --silent token prints a token that the host on PORT accepts', async () => {
    const host = await start(['--memory', '--port', '0']);
    const environment = { ...process.env, PORT: new URL(host.rootUrl).port };
    const { stdout } = await run('npm', ['run', '--silent', 'token'], { cwd: root, env: environment });
    const api = await createApi(host, stdout.trim());
    expect((await api.call('/customers')).status).toBe(200);
  });

  test('npm run token without a host says what to do', async () => {
    const attempt = run(process.execPath, ['src/local/token.ts'], { cwd: root, env: { ...process.env, PORT: '1' } });
    await expect(attempt).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('npm start') as string });
  });

  test('refuses a taken port with a clear error, and reads PORT', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as AddressInfo;
    await expect(start(['--memory'], { PORT: String(port) })).rejects.toThrow(`Port ${port} is taken.`);
    await expect(start(['--memory', '--port', String(port)])).rejects.toThrow(/--port \d+/);
  });

  test.each([
    [['--port', 'x'], "'x' is not a port"],
    [['--port', '70000'], "'70000' is not a port"],
    [['--verbose'], '--verbose'],
    [['--bundle', '--memory', '--port', '0', 'more'], 'more'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    await expect(start(args)).rejects.toThrow(sentence);
  });
});

describe('state', () => {
  test('survives a restart, and --reset removes it', async () => {
    const data = temporaryFolder();
    const first = await start(['--data', data, '--port', '0']);
    const { port } = new URL(first.rootUrl);
    const api = await createApi(first);
    const sent = (await api.post(sendTo(['358401230001'], { RequestId: 'once' }))).body as SentBody;
    const before = await api.waitForStatus(sent.MessageId, 'delivered');
    expect(await first.stop()).toBe(0);

    const second = await start(['--data', data, '--port', port]);
    // The earlier token is still valid, because issuer and key are the same.
    const again = await createApi(second, api.token);
    expect(await again.status(sent.MessageId)).toEqual(before);
    expect(await again.inbox('358401230001')).toHaveLength(1);
    const repeat = await again.post(sendTo(['358401230001'], { RequestId: 'once' }));
    expect([repeat.status, repeat.body]).toEqual([200, sent]);
    await second.stop();

    const third = await start(['--data', data, '--port', port, '--reset']);
    const anew = await createApi(third);
    const answer = await anew.call(`/messages/${sent.MessageId}`, { headers: { 'Customer-Id': 'demo' } });
    expect(answer.status).toBe(404);
    expect(await anew.inbox('358401230001')).toEqual([]);
  });

  test('is refused to a second run in the same folder', async () => {
    const data = temporaryFolder();
    await start(['--data', data, '--port', '0']);
    await expect(start(['--data', data, '--port', '0'])).rejects.toThrow(/in use by process \d+/);
    await expect(start(['--data', data, '--port', '0', '--reset'])).rejects.toThrow(/in use/);
  });
});

test('lists all missing settings and starts nothing', async () => {
  const attempt = run(process.execPath, ['functions/http.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], WEBSITE_SITE_NAME: 'x', PUBLIC_URL: 'ftp://x' },
  });
  const { stderr } = await attempt.then(
    () => ({ stderr: '' }),
    (error: unknown) => error as { stderr: string },
  );
  for (const problem of [
    'AzureWebJobsStorage',
    'TOKEN_ISSUER',
    'TOKEN_AUDIENCE',
    'TOKEN_JWKS_URL',
    'SIMULATED_CARRIER_KEY',
  ]) {
    expect(stderr).toContain(`- ${problem} is not set`);
  }
  expect(stderr).toContain('- PUBLIC_URL is not an address that begins with http:// or https://');
  expect(stderr).toContain('ALLOW_SIMULATED_CARRIER=true');
});
