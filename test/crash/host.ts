import { globSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

import { startFunctionsHost } from '../../src/local/functions-host/start-functions-host.ts';
import { readHostTuning } from '../../src/local/host-tuning.ts';

/*
 * Runs the functions host with the bundle and nothing else, in half the processor time of `npm start`, because a run
 * starts this process a thousand times. Settings come from the environment. Its own are PORT, and FUNCTIONS_FOLDER with
 * the bundle's entry files.
 */

const folder = process.env['FUNCTIONS_FOLDER'] ?? '';
const hostJson = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'host.json'), 'utf8')) as {
  extensions: { queues: { visibilityTimeout: string } };
};
// Otherwise a failed job would stay invisible for a minute, and the whole run would wait for it.
hostJson.extensions.queues.visibilityTimeout = '00:00:02';

const { url } = await startFunctionsHost({
  entryFiles: globSync('*.js', { cwd: folder })
    .sort()
    .map((name) => join(folder, name)),
  hostJson,
  port: Number(process.env['PORT']),
  connectionString: (name) => process.env[name] ?? '',
  ...readHostTuning(process.env),
  log({ level, functionName, message }) {
    if (/^(?:warning|error|critical)$/.test(level)) console.log(`${level} ${functionName ?? 'host'}: ${message}`);
  },
});
console.log(`ready ${url}`);
// Node writes the compile cache at the end of a process, but this process is killed.
flushCompileCache();
