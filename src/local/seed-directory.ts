import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { applyDirectory } from '../cli/directory/apply-directory.ts';
import { readDirectoryFile } from '../cli/directory/read-directory-file.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { createTableDirectoryEditor } from '../storage/tables/directory-editor.ts';

const demoFile = join(import.meta.dirname, 'demo-directory.json');

/** How often, and how long in milliseconds, a host waits for another that starts on the same storage account. */
const attempts = 40;
const waitMs = 250;

/**
 * Writes customers and users to storage before the app starts: those of `file`. Without a file, writes those of the
 * demo, but only to the run's own storage, and only if it has no customers and users yet, so that changes by operators'
 * commands remain.
 *
 * @param ownStorage whether the storage is this run's own; customers and users that `file` lacks are then removed
 * @throws if the file is not valid; the message lists its problems
 */
export async function seedDirectory(
  storage: StorageConnection,
  { file, ownStorage }: { file: string | undefined; ownStorage: boolean },
): Promise<void> {
  // An account that the environment names gets no demo customers.
  if (file === undefined && !ownStorage) return;
  const editor = createTableDirectoryEditor(storage, { now: () => new Date() });
  const directory = readDirectoryFile(file ?? demoFile);
  if (file === undefined) {
    const { customers, users } = (await editor.read()).document;
    if (customers.length > 0 || users.length > 0) return;
  }
  for (let attempt = 1; ; attempt++) {
    const prune = ownStorage && file !== undefined;
    const { outcome, lines } = await applyDirectory(editor, directory, { prune, write: true });
    if (outcome === 'done') return;
    if (outcome === 'problems' || attempt === attempts) throw new Error(lines.join('\n'));
    await sleep(waitMs);
  }
}
