import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { readDirectoryFile } from '../../src/cli/directory/read-directory-file.ts';
import { findFreePort } from '../../src/local/free-port.ts';
import { applyDirectory } from '../../src/cli/directory/apply-directory.ts';
import { createApiKey } from '../../src/cli/api-keys/manage-api-keys.ts';
import { createTableApiKeyStore } from '../../src/storage/tables/api-key-store.ts';
import { createTableDirectory } from '../../src/storage/tables/directory.ts';
import { createTableDirectoryEditor } from '../../src/storage/tables/directory-editor.ts';
import { randomBytes } from 'node:crypto';
import { startProcess } from './processes.ts';

const root = join(import.meta.dirname, '..', '..');
const carrierSecrets = { SIMULATED_CARRIER_KEY: 'key', SIMULATED_CARRIER_SECRET: 'secret' };

/** The parts that are never killed: storage, the carrier, and the bundle that hosts load. */
export interface Backends {
  carrierUrl: string;
  /** The file of messages, reports and inbound messages that the carrier keeps, as JSON lines. */
  carrierState: string;
  /** A key for the customer `crash`. */
  apiKey: string;
  /** The settings with which hosts use these parts. */
  settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts Azurite and the simulated carrier as processes of their own, builds the bundle, and writes the run's directory
 * and an API key to storage.
 *
 * @param options.publicUrl the address at which the carrier reaches the hosts, with the base path
 * @param options.recognisesRepeats whether the carrier sends nothing for an id that it has seen
 */
export async function startBackends({
  publicUrl,
  recognisesRepeats,
}: {
  publicUrl: string;
  recognisesRepeats: boolean;
}): Promise<Backends> {
  const folder = await mkdtemp(join(tmpdir(), 'smartdialog-crash-'));
  const port = await findFreePort();
  const blindness = { SIMULATED_CARRIER_RECOGNISES_REPEATS: String(recognisesRepeats) };
  const carrierState = join(folder, 'carrier.jsonl');
  const azurite = startProcess(join(import.meta.dirname, 'azurite.ts'), { environment: process.env });
  const carrier = startProcess(join(root, 'src/local/simulated-carrier.ts'), {
    ready: /^simulated carrier (\S+)$/,
    environment: {
      ...process.env,
      ...carrierSecrets,
      ...blindness,
      PORT: String(port),
      SIMULATED_CARRIER_STATE: carrierState,
      SIMULATED_CARRIER_INBOUND_URL: `${publicUrl}/webhooks/simulated`,
      SIMULATED_CARRIER_LATENCY_MS: '100',
    },
  });
  const stop = async (): Promise<void> => {
    for (const running of [azurite, carrier]) {
      running.kill();
      await running.ended;
    }
    await rm(folder, { recursive: true });
  };
  try {
    const bundle = join(folder, 'bundle');
    await promisify(execFile)(process.execPath, [join(root, 'infra/bundle.ts'), bundle]);
    const [connectionString, carrierUrl] = await Promise.all([azurite.ready, carrier.ready]);
    return {
      carrierUrl,
      carrierState,
      apiKey: await enter({ connectionString }),
      settings: {
        AzureWebJobsStorage: connectionString,
        SIMULATED_CARRIER_URL: carrierUrl,
        ...carrierSecrets,
        ...blindness,
        PUBLIC_URL: publicUrl,
        FUNCTIONS_FOLDER: join(bundle, 'functions'),
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes customer, services and user to storage, and creates a key for the user. */
async function enter(storage: { connectionString: string }): Promise<string> {
  const now = (): Date => new Date();
  const file = readDirectoryFile(join(import.meta.dirname, 'directory.json'));
  const editor = createTableDirectoryEditor(storage, { now });
  const { outcome, lines } = await applyDirectory(editor, file, { prune: false, write: true });
  if (outcome !== 'done') throw new Error(lines.join('\n'));
  const [key = ''] = await createApiKey(
    { user: 'crash-user', allScopes: true, name: 'Crash run' },
    {
      apiKeys: createTableApiKeyStore(storage),
      directory: createTableDirectory(storage, { now }),
      randomBytes,
      now,
    },
  );
  return key;
}
