import type { TokenCredential } from '@azure/identity';

import { portSetting, readPort } from '../settings/read-port.ts';
import { readStorage } from '../settings/storage-settings.ts';
import { lazyCredential } from '../storage/connection.ts';
import type { StorageConnection } from '../storage/connection.ts';

/**
 * Opens the storage account for an operator's command. AzureWebJobsStorage names it, by a connection string, or by an
 * account or endpoints; then the operator must be signed in, as with `az login`. Without the setting, it is the account
 * of the local host that runs on PORT.
 *
 * @throws Error with a sentence for the operator if the settings are wrong, or if no local host runs
 */
export async function openOperatorStorage(environment: NodeJS.ProcessEnv): Promise<StorageConnection> {
  const isNamed = Object.keys(environment).some((name) => name.startsWith('AzureWebJobsStorage'));
  if (!isNamed) return { connectionString: await askLocalHost(environment) };
  const problems: string[] = [];
  const settings = readStorage(environment, problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if ('connectionString' in settings) return settings;
  return { ...settings, credential: signedIn() };
}

/** Creates the credential of the person who is signed in on this machine, as with `az login`. */
export function signedIn(): TokenCredential {
  return lazyCredential(async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  });
}

async function askLocalHost(environment: NodeJS.ProcessEnv): Promise<string> {
  const rootUrl = `http://127.0.0.1:${readPort(environment['PORT'])}`;
  try {
    const answer = await fetch(`${rootUrl}/storage`);
    const { connectionString } = (await answer.json()) as { connectionString: string };
    return connectionString;
  } catch {
    throw new Error(
      `Set AzureWebJobsStorage, or start a local host: none answers at ${rootUrl} (set PORT if its port isn't ${portSetting.default}).`,
    );
  }
}
