import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { hashApiKey, readApiKeyId } from '../../src/auth/api-key.ts';
import { createApiKey } from '../../src/cli/api-keys/manage-api-keys.ts';
import type { NewApiKeyOptions } from '../../src/cli/api-keys/manage-api-keys.ts';
import { createTableApiKeyStore } from '../../src/storage/tables/api-key-store.ts';
import { sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

const root = join(import.meta.dirname, '../..');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the operator's command on the storage of the host. */
async function command(...args: string[]): Promise<Ended> {
  const env = { ...process.env, AzureWebJobsStorage: local.storage.connectionString };
  return promisify(execFile)(process.execPath, [join(root, 'src/cli/api-keys.ts'), ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

/** Creates a key of the demo user as the command does, and returns the key and its id. */
async function createKey(options: Partial<NewApiKeyOptions>): Promise<{ key: string; id: string }> {
  const directory = { user: async (id: string) => ({ id, name: id, customerIds: [] }) };
  const deps = { apiKeys: apiKeyStore(), directory, randomBytes, now: () => new Date() };
  const [key = ''] = await createApiKey({ user: 'demo-user', name: 'Test', allScopes: false, ...options }, deps);
  return { key, id: readApiKeyId(key) ?? '' };
}

const apiKeyStore = () => createTableApiKeyStore({ connectionString: local.storage.connectionString });

async function call(
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; challenge: string | null; body: unknown }> {
  const response = await fetch(`${local.host.baseUrl}${path}`, {
    headers: { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: await response.json(),
  };
}

const refusal = (code: string, words: string) => {
  const message = expect.stringContaining(words) as string;
  return { error: { code, message }, message };
};

test('a key sends, sees its user’s customers and no others, and only with its scopes', async () => {
  const { key } = await createKey({ scopes: 'Gateway.Send,User.Customers' });
  const sent = await call('/messages', { 'x-api-key': key }, sendTo(['358401230001']));
  expect(sent.status).toBe(200);
  const { MessageId } = sent.body as SentBody;
  expect((await local.api.status(MessageId)).MessageId).toBe(MessageId);
  expect(await call('/customers', { 'X-API-KEY': key })).toMatchObject({
    status: 200,
    body: { customerUsers: [{ customerId: 'demo' }] },
  });
  expect(await call('/messages', { 'X-API-Key': key, 'Customer-Id': 'other' }, sendTo(['358401230001']))).toMatchObject(
    {
      status: 403,
      body: { error: { code: 'CustomerNotAssigned' } },
    },
  );
  expect(await call('/services/demo', { 'X-API-Key': key })).toEqual({
    status: 403,
    challenge: 'Bearer error="insufficient_scope", scope="Customer.Services"',
    body: refusal('MissingScope', ' lacks the scope Customer.Services, '),
  });
});

test('the command creates a key, lists it without its secret, and revokes it; a host that never saw it then refuses it', async () => {
  const created = await command(
    'create',
    '--user',
    'demo-user',
    '--all-scopes',
    '--name',
    'Test',
    '--expires',
    '2099-01-01',
  );
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const [, key = '', id = ''] = /^(sdk_([0-9a-f]{16})_\S+)\nSave it now: /.exec(created.stdout) ?? [];
  expect(readApiKeyId(key)).toBe(id);
  const listed = await command('list');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toContain(`${id}  Test  user demo-user  Gateway.Send,`);
  expect(listed.stdout).not.toContain(key);
  expect(await command('revoke', id)).toMatchObject({ code: 0, stdout: expect.stringContaining(id) as string });
  expect(await apiKeyStore().find(id)).toBeUndefined();
  expect(await call('/customers', { 'X-API-Key': key })).toEqual({
    status: 401,
    challenge: 'Bearer',
    body: refusal('Unauthenticated', ': the API key is not known. '),
  });
}, 60_000);

test('storage holds the hash of a key, and not its secret', async () => {
  const { key, id } = await createKey({ scopes: 'WhatsApp' });
  const store = apiKeyStore();
  const kept = await store.find(id);
  expect(kept?.hash).toBe(hashApiKey(key));
  expect(JSON.stringify(kept)).not.toContain(key.slice(21, 64));
});

test('an expired key is refused', async () => {
  const { key, id } = await createKey({ allScopes: true });
  const store = apiKeyStore();
  const kept = await store.find(id);
  await store.remove(id);
  if (kept !== undefined) await store.add({ ...kept, expiresAt: new Date(Date.now() - 1) });
  expect(await call('/customers', { 'X-API-Key': key })).toMatchObject({
    status: 401,
    body: refusal('Unauthenticated', ': the API key has expired. '),
  });
});

const refused: [name: string, headers: (key: string) => Record<string, string>, words: string][] = [
  ['with another secret', (key) => ({ 'X-API-Key': key.replace(/_[\w-]{4}/, '_AAAA') }), 'malformed'],
  ['with a blank in it', (key) => ({ 'X-API-Key': key.replace('_', '_ ') }), 'malformed'],
  ['as a bearer token', (key) => ({ Authorization: `Bearer ${key}` }), "the token's form or signature is wrong"],
  [
    'beside a token',
    (key) => ({ 'X-API-Key': key, Authorization: `Bearer ${local.api.token}` }),
    'both a token and a key',
  ],
  ['that is not a key', () => ({ 'X-API-Key': 'password' }), 'malformed'],
  ['that is empty', () => ({ 'X-API-Key': '' }), 'the call has neither a token nor a key'],
  ['that is a token', () => ({ 'X-API-Key': local.api.token }), 'malformed'],
];

test('a wrong key is a 401, stores nothing, and is not in the log', async () => {
  const { key } = await createKey({ allScopes: true });
  local.storage.reset();
  for (const [name, headers, words] of refused) {
    const answer = await call('/messages', headers(key), sendTo(['358401230001']));
    expect([name, answer]).toEqual([
      name,
      {
        status: 401,
        challenge: expect.stringMatching(/^Bearer/) as string,
        body: refusal('Unauthenticated', words),
      },
    ]);
  }
  expect(local.storage.operations()).toEqual([]);
  await eventually(() => {
    expect(local.host.output().split('"code":"Unauthenticated"').length).toBeGreaterThan(refused.length);
  });
  expect(local.host.output()).not.toContain(key.slice(21, 40));
});

test.each<[args: string[], stderr: string]>([
  [[], 'npm run api-keys -- create --user ID --scopes A,B --name TEXT [--expires TIME]\n'],
  [['list', '--user', 'demo-user'], 'npm run api-keys -- create '],
  [['create', '--user', 'nobody', '--all-scopes', '--name', 'x'], "The directory has no user 'nobody'.\n"],
])('the command %j is refused', async (args, stderr) => {
  expect(await command(...args)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(stderr) as string });
});
