import { randomBytes } from 'node:crypto';

import { createTableApiKeyStore } from '../../storage/tables/api-key-store.ts';
import { createTableDirectory } from '../../storage/tables/directory.ts';
import { openOperatorStorage } from '../open-storage.ts';
import type { ApiKeyDeps } from './manage-api-keys.ts';

/** Opens what the subcommands depend on. */
export async function openDeps(environment: NodeJS.ProcessEnv): Promise<ApiKeyDeps> {
  const storage = await openOperatorStorage(environment);
  const now = (): Date => new Date();
  const directory = createTableDirectory(storage, { now });
  return { apiKeys: createTableApiKeyStore(storage), directory, randomBytes, now };
}
