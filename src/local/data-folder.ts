import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder in which a local run keeps its state; `release` frees it for the next run. */
export interface DataFolder {
  path: string;
  release(): void;
}

/** The files and folders that a run keeps in its folder. */
const entries = ['storage', 'simulated-carrier.jsonl', 'token-issuer-key.json'] as const;

/**
 * Claims a folder for one run, and creates it if it is missing. With `reset`, removes the state of earlier runs.
 *
 * @throws if a live process holds the folder: two Azurites would destroy each other's files
 */
export function takeDataFolder(path: string, { reset }: { reset: boolean }): DataFolder {
  const lock = join(path, 'process-id');
  const holder = readHolder(lock);
  if (holder !== undefined && isAlive(holder)) {
    throw new Error(
      `The data folder ${path} is in use by process ${holder}. Stop that process, or start with --memory.`,
    );
  }
  // Removes only what a run puts there, because the folder may hold other files.
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
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
