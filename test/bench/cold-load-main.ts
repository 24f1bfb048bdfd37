/*
 * Loads the app as Azure's worker would, in a fresh process, and prints the milliseconds: first the entry files in the
 * folder of the argument, then the files that they import later, if the arguments name any.
 */
import { globSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { provideFunctionsCore } from '../../src/local/functions-host/functions-core.ts';

const [folder = '', ...later] = process.argv.slice(2);
provideFunctionsCore(() => {});
const files = globSync('*.{js,ts}', { cwd: folder }).sort();
const load = async (paths: readonly string[]): Promise<void> => {
  for (const path of paths) await import(isAbsolute(path) ? pathToFileURL(path).href : path);
};
const used = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const usedBefore = used();
const begun = performance.now();
await load(files.map((file) => join(folder, file)));
const loaded = performance.now() - begun;
const processor = used() - usedBefore;
await load(later);
console.log(JSON.stringify({ loaded, processor, withLater: performance.now() - begun }));
