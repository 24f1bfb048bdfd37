import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a local run keeps its state; `release` lets the next run have it. */
export interface DataFolder {
  path: string;
  release(): void;
}

/** What a run keeps in its folder. */
const entries = ['storage', 'simulated-carrier.jsonl', 'token-issuer-key.json'] as const;

/**
 * Takes a folder for one run, making it if need be and removing what earlier runs left on `reset`. Throws where another live process has
 * it: two Azurites on the same files would destroy each other's.
 */
export function takeDataFolder(path: string, { reset }: { reset: boolean }): DataFolder {
  const lock = join(path, 'process-id');
  const holder = readHolder(lock);
  if (holder !== undefined && isAlive(holder)) {
    throw new Error(`The data folder ${path} is in use by process ${holder}. Stop that, or start with --memory.`);
  }
  // Only what a run puts there: the folder may be one that holds other things.
  if (reset) for (const name of entries) rmSync(join(path, name), { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  writeFileSync(lock, String(process.pid));
  return { path, release: () => rmSync(lock, { force: true }) };
}

function readHolder(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return processId !== process.pid;
  } catch (error) {
    // Somebody else's process is alive, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
