/*
 * Writes the connector's files: `npm run connector`. With --check, writes nothing, and exits 1 if a file is out of
 * date.
 * --settings and --out name another settings file and another folder, for a deployment whose host and ids don't belong
 * in the repository.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { operations } from '../operations.ts';
import { connectorFiles } from './connector-files.ts';
import { GeneratorError } from './generator-error.ts';
import { parseSettings } from './settings.ts';

const home = join(import.meta.dirname, '../../connector');
const { check, settings, out } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    settings: { type: 'string', default: join(home, 'settings.json') },
    out: { type: 'string', default: home },
  },
}).values;

try {
  const files = connectorFiles(operations, parseSettings(readFileSync(settings, 'utf8')));
  for (const [name, text] of files) {
    const file = join(out, name);
    if (!check) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      console.error(`${file} is out of date. Run npm run connector.`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof GeneratorError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
