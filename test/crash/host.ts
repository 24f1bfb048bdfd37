import { globSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

import { startFunctionsHost } from '../../src/local/functions-host/start-functions-host.ts';
import { readHostTuning } from '../../src/local/host-tuning.ts';

/*
 * The functions host with the bundle and nothing else, since this process is started a thousand times: half the
 * processor time of `npm start`. Settings come from the environment; its own are PORT, and in FUNCTIONS_FOLDER where
 * the bundle's entry files are.
 */

const folder = process.env['FUNCTIONS_FOLDER'] ?? '';
const hostJson = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'host.json'), 'utf8')) as {
  extensions: { queues: { visibilityTimeout: string } };
};
// A job that failed would otherwise be away for a minute, and the whole run would wait for it.
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
// Usually written at the end of a process, which this one does not live to see.
flushCompileCache();
