import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { hashApiKey, readApiKeyId } from '../../../../src/auth/api-key.ts';
import { scopes } from '../../../../src/operation/scopes.ts';
import { createApiKey, listApiKeys, revokeApiKeys } from '../../../../src/cli/api-keys/manage-api-keys.ts';
import type { ApiKeyDeps, NewApiKeyOptions } from '../../../../src/cli/api-keys/manage-api-keys.ts';
import { createMemoryApiKeyStore } from '../../../support/fakes/api-key-store.ts';
import { testNow } from '../../../support/labs/kernel.ts';

const demoUser = { id: 'demo-user', name: 'Demo user', customerIds: ['demo'] };

const openDeps = (): ApiKeyDeps => ({
  apiKeys: createMemoryApiKeyStore(),
  directory: { user: async (id) => (id === demoUser.id ? demoUser : undefined) },
  randomBytes,
  now: () => testNow,
});

const wanted: NewApiKeyOptions = { user: 'demo-user', scopes: 'WhatsApp', allScopes: false, name: 'Reports' };

describe('a new key', () => {
  test('is shown once, and only its hash is stored', async () => {
    const deps = openDeps();
    const options = {
      ...wanted,
      scopes: ' WhatsApp,Gateway.Send, WhatsApp ',
      name: ' Reports ',
      expires: '2026-12-01',
    };
    const [key = '', remark] = await createApiKey(options, deps);
    const id = readApiKeyId(key);
    const kept = await deps.apiKeys.list();
    expect(kept).toStrictEqual([
      {
        id,
        hash: hashApiKey(key),
        userId: 'demo-user',
        scopes: ['WhatsApp', 'Gateway.Send'],
        name: 'Reports',
        createdAt: testNow,
        expiresAt: new Date('2026-12-01T00:00:00.000Z'),
      },
    ]);
    const line =
      `${id}  Reports  user demo-user  WhatsApp,Gateway.Send  ` +
      'created 2026-11-23T10:00:00.000Z, expires 2026-12-01T00:00:00.000Z';
    expect(remark).toBe(`Save it now: it is not shown again. ${line}`);
    expect(await listApiKeys(deps)).toEqual([line]);
    const later = { ...deps, now: () => new Date('2026-12-01T00:00:00.000Z') };
    expect(await listApiKeys(later)).toEqual([line.replace('expires', 'expired')]);
  });

  test('may have all scopes, and never expire', async () => {
    const deps = openDeps();
    const { scopes: _, ...rest } = wanted;
    await createApiKey({ ...rest, allScopes: true }, deps);
    const [kept] = await deps.apiKeys.list();
    expect(kept?.scopes).toEqual(Object.keys(scopes));
    expect(kept).not.toHaveProperty('expiresAt');
    expect((await listApiKeys(deps))[0]).toMatch(/, never expires$/);
  });

  test.each<[Partial<NewApiKeyOptions>, string[]]>([
    [{ user: '' }, ['--user must name a user']],
    [{ name: ' ' }, ['--name must be 1 to 100 characters on one line']],
    [{ name: 'x'.repeat(101) }, ['--name must be 1 to 100 characters on one line']],
    [{ name: 'two\nlines' }, ['--name must be 1 to 100 characters on one line']],
    [{ scopes: '' }, ['give either --scopes or --all-scopes']],
    [{ allScopes: true }, ['give either --scopes or --all-scopes']],
    [{ scopes: 'WhatsApp,whatsapp,toString' }, ["'whatsapp' is not a scope", "'toString' is not a scope"]],
    [{ expires: 'tomorrow' }, ['--expires must be a date and time in the future']],
    [{ expires: testNow.toISOString() }, ['--expires must be a date and time in the future']],
    [{ user: 'nobody' }, ["The directory has no user 'nobody'."]],
    [{ user: '', name: '', scopes: '', expires: '' }, ['--user must', '--name must', 'give either', '--expires must']],
  ])('is refused with %j, and nothing is stored', async (change, problems) => {
    const deps = openDeps();
    const error = (await createApiKey({ ...wanted, ...change }, deps).catch((thrown: unknown) => thrown)) as Error;
    const lines = error.message.split('\n');
    expect(lines.map((line, index) => line.slice(0, problems[index]?.length ?? 0))).toEqual(problems);
    expect(await listApiKeys(deps)).toEqual(['There are no API keys.']);
  });
});

test('revoking deletes the keys that exist, and fails for the others', async () => {
  const deps = openDeps();
  for (const name of ['one', 'two', 'three']) await createApiKey({ ...wanted, name }, deps);
  const [one = '', two = '', three = ''] = (await deps.apiKeys.list()).map(({ id }) => id);
  expect(await revokeApiKeys([one], deps)).toEqual([`${one} is revoked; it may work for another minute.`]);
  await expect(revokeApiKeys([one, two], deps)).rejects.toThrow(
    `${two} is revoked; it may work for another minute.\nThere is no API key with the id '${one}'.`,
  );
  expect((await deps.apiKeys.list()).map(({ id }) => id)).toEqual([three]);
});
