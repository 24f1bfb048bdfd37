import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { eventually } from '../tools/eventually.ts';

const root = join(import.meta.dirname, '../../..');

/** A local host in a process of its own, as `npm start` runs it. */
export interface LocalHost {
  pid: number;
  rootUrl: string;
  baseUrl: string;
  /** Returns the output so far. */
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts `npm start -- …args` and waits until it is ready. Default: in memory, on any free port.
 */
export async function spawnLocalHost({
  args = ['--memory', '--port', '0'],
  environment = {},
}: { args?: readonly string[]; environment?: Readonly<Record<string, string>> } = {}): Promise<LocalHost> {
  const child = spawn(process.execPath, [join(root, 'src/local/main.ts'), ...args], {
    cwd: root,
    env: { ...withoutSettings(), ...testSettings, ...demoFor(environment), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const endAlong = (): boolean => child.kill('SIGKILL');
  process.once('exit', endAlong);
  child.once('exit', () => process.off('exit', endAlong));
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const baseUrl = await eventually(
    () => {
      const ready = /^ready (\S+)$/m.exec(printed)?.[1];
      if (child.exitCode !== null) return undefined;
      if (ready === undefined) throw new Error(`the local host is not ready; it printed:\n${printed}`);
      return ready;
    },
    { timeoutMs: 30_000 },
  );
  if (baseUrl === undefined || child.pid === undefined)
    throw new Error(`the local host ended; it printed:\n${printed}`);
  return {
    pid: child.pid,
    baseUrl,
    rootUrl: new URL(baseUrl).origin,
    output: () => printed,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Requests the demo directory for storage that the test provides. */
function demoFor({ AzureWebJobsStorage }: Readonly<Record<string, string>>): Record<string, string> {
  return AzureWebJobsStorage === undefined ? {} : { DIRECTORY_FILE: join(root, 'src/local/demo-directory.json') };
}

/** Allows tests more calls than the default, and keeps timers from running in between. */
const testSettings = {
  CALLS_PER_MINUTE: '100000',
  LOCAL_QUEUE_POLLING_MS: '200',
  'AzureWebJobs.DeleteExpired.Disabled': 'true',
  'AzureWebJobs.RequeueStalled.Disabled': 'true',
};

/** Returns this process's environment without settings of the app under test. */
function withoutSettings(): Record<string, string> {
  const names =
    /^(?:PORT$|AzureWebJobsStorage|(?:TOKEN|ENTRA|API_KEYS|SIMULATED_CARRIER|KANNEL|TWILIO|WHATSAPP_CLOUD|ACS|CARRIER|DIRECTORY|WEBSITE|NOTIFICATION|ATTACHMENT|THREAD|CALLBACK|RETENTION|LOCAL|REPAIR|REPORT|LEASE|MESSAGE|IDEMPOTENCY|CALLBACK_SECRET)_|PUBLIC_URL|CARRIERS$|FAILPOINT$|VITEST)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => !names.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}
