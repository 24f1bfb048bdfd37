import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { applyDirectory } from '../cli/directory/apply-directory.ts';
import { readDirectoryFile } from '../cli/directory/read-directory-file.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { createTableDirectoryEditor } from '../storage/tables/directory-editor.ts';

const demoFile = join(import.meta.dirname, 'demo-directory.json');

/** Hosts that start at the same time on one storage account wait for each other. */
const attempts = 40;
const waitMs = 250;

/**
 * Puts customers and users into storage before the app starts: those of `file` as they are there, or without one, in the
 * run's own storage, those of the demo where there is nobody yet, so that what an operator's command made of them stays.
 *
 * @param ownStorage whether the storage is this run's own; then it holds what `file` says and nothing else
 * @throws what is wrong with the file
 */
export async function seedDirectory(
  storage: StorageConnection,
  { file, ownStorage }: { file: string | undefined; ownStorage: boolean },
): Promise<void> {
  // Somebody's account gets no demo customer that nobody asked for.
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
