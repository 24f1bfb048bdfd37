import { startAzurite } from '../../../src/local/azurite.ts';
import { createApi } from './api.ts';
import { spawnLocalHost } from './local-host.ts';
import { startStorageProxy } from '../servers/storage-proxy.ts';

/** Starts a local host whose storage operations are counted on the wire. */
export async function startCountedHost({
  args,
  environment = {},
}: { args?: readonly string[]; environment?: Record<string, string> } = {}) {
  const azurite = await startAzurite({});
  const storage = await startStorageProxy(azurite.connectionString);
  const host = await spawnLocalHost({
    ...(args === undefined ? {} : { args }),
    environment: { AzureWebJobsStorage: storage.connectionString, ...environment },
  });
  return {
    host,
    storage,
    api: await createApi(host),
    async stop(): Promise<void> {
      await host.stop();
      await storage.stop();
      await azurite.stop();
    },
  };
}

export type CountedHost = Awaited<ReturnType<typeof startCountedHost>>;
