import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

import { createTableApiKeyStore } from '../storage/tables/api-key-store.ts';
import { createTableDirectory } from '../storage/tables/directory.ts';
import { createApiKey, listApiKeys, revokeApiKeys } from './manage-api-keys.ts';
import type { ApiKeyDeps } from './manage-api-keys.ts';
import { openOperatorStorage } from './open-storage.ts';

/* Makes API keys, shows which there are, and revokes them. */

const usage = [
  'npm run api-keys -- create --user ID --scopes A,B --name TEXT [--expires TIME]',
  'npm run api-keys -- create --user ID --all-scopes --name TEXT [--expires TIME]',
  'npm run api-keys -- list',
  'npm run api-keys -- revoke ID ...',
].join('\n');

async function openDeps(): Promise<ApiKeyDeps> {
  const storage = await openOperatorStorage(process.env);
  const now = (): Date => new Date();
  const directory = createTableDirectory(storage, { now });
  return { apiKeys: createTableApiKeyStore(storage), directory, randomBytes, now };
}

async function run(argv: readonly string[]): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      scopes: { type: 'string' },
      'all-scopes': { type: 'boolean' },
      name: { type: 'string' },
      expires: { type: 'string' },
    },
  });
  const [action, ...ids] = positionals;
  const { 'all-scopes': allScopes = false, ...options } = values;
  const isPlain = Object.keys(values).length === 0;
  if (action === 'create' && ids.length === 0) return createApiKey({ ...options, allScopes }, await openDeps());
  if (action === 'list' && ids.length === 0 && isPlain) return listApiKeys(await openDeps());
  if (action === 'revoke' && ids.length > 0 && isPlain) return revokeApiKeys(ids, await openDeps());
  throw new Error(usage);
}

try {
  for (const line of await run(process.argv.slice(2))) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
