import { parseArgs } from 'node:util';

import { createTableDirectoryEditor } from '../storage/tables/directory-editor.ts';
import type { DirectoryEditor } from '../storage/tables/directory-editor.ts';
import { applyDirectory } from './apply-directory.ts';
import type { Applied } from './apply-directory.ts';
import { openOperatorStorage } from './open-storage.ts';
import { readDirectoryFile } from './read-directory-file.ts';

/* Checks a file that declares customers, services and users, makes the stored directory like it, and prints that. */

const usage = [
  'npm run directory -- check FILE',
  'npm run directory -- apply FILE [--prune] [--yes]',
  'npm run directory -- export',
].join('\n');

async function openEditor(): Promise<DirectoryEditor> {
  return createTableDirectoryEditor(await openOperatorStorage(process.env), { now: () => new Date() });
}

function check(name: string): Applied {
  const { document, problems } = readDirectoryFile(name);
  if (problems.length > 0) return { outcome: 'problems', lines: problems };
  const { customers, users } = document;
  return { outcome: 'done', lines: [`${name} is in order: ${count(customers, 'customer')}, ${count(users, 'user')}.`] };
}

function count(list: readonly unknown[], what: string): string {
  return `${list.length} ${what}${list.length === 1 ? '' : 's'}`;
}

async function exportDirectory(): Promise<Applied> {
  const { document } = await (await openEditor()).read();
  return { outcome: 'done', lines: [JSON.stringify(document, undefined, 2)] };
}

async function run(argv: readonly string[]): Promise<Applied> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { prune: { type: 'boolean', default: false }, yes: { type: 'boolean', default: false } },
  });
  const [action, name, ...more] = positionals;
  const isPlain = !values.prune && !values.yes;
  if (action === 'export' && name === undefined && isPlain) return exportDirectory();
  if (name === undefined || more.length > 0) throw new Error(usage);
  if (action === 'check' && isPlain) return check(name);
  if (action !== 'apply') throw new Error(usage);
  const file = readDirectoryFile(name);
  if (file.problems.length > 0) return { outcome: 'problems', lines: file.problems };
  return applyDirectory(await openEditor(), file, { prune: values.prune, write: values.yes });
}

try {
  const { outcome, lines } = await run(process.argv.slice(2));
  const isDone = outcome === 'done';
  for (const line of lines) (isDone ? console.log : console.error)(line);
  if (!isDone) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
