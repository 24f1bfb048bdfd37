/* Starts the functions host on the entry files in the folder of the argument, and prints its address. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startFunctionsHost } from '../../src/local/functions-host/start-functions-host.ts';

const [folder = ''] = process.argv.slice(2);
const host = await startFunctionsHost({
  entryFiles: globSync('*.{js,ts}', { cwd: folder })
    .sort()
    .map((file) => join(folder, file)),
  hostJson: JSON.parse(readFileSync(join(import.meta.dirname, '../../host.json'), 'utf8')) as unknown,
  port: 0,
  connectionString: (name) => process.env[name] ?? '',
  log: () => {},
});
console.log(host.url);
