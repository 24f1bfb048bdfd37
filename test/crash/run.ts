/*
 * Kills a thousand hosts under load and checks that no work is lost or done twice: `npm run crash`. A shorter run:
 * `npm run crash -- --kills 50`; only at failpoints: `-- --points-only`; figures for programs: `-- --json`.
 */
import { parseArgs } from 'node:util';

import { reportAsJson, reportAsLines } from './describe-report.ts';
import { runCrash } from './run-crash.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '40' },
    hosts: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    every: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '5' },
    lease: { type: 'string', default: '15' },
    settle: { type: 'string', default: '300' },
    without: { type: 'string', default: '' },
    'points-only': { type: 'boolean', default: false },
    'random-only': { type: 'boolean', default: false },
    mixed: { type: 'boolean', default: false },
    recognises: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

function whole(name: 'kills' | 'minutes' | 'hosts' | 'seed' | 'every' | 'rate' | 'lease' | 'settle'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number of at least 1.`);
  return value;
}

// An exit ends the processes that this one started; a signal alone would leave them running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const seed = whole('seed');
console.error(`seed ${seed}`);
const report = await runCrash({
  kills: whole('kills'),
  minutes: whole('minutes'),
  hosts: whole('hosts'),
  everyMs: whole('every'),
  perSecond: whole('rate'),
  leaseSeconds: whole('lease'),
  reportSeconds: 20,
  settleSeconds: whole('settle'),
  points: values['points-only'] ? 'only' : values['random-only'] ? 'none' : values.mixed ? 'mixed' : 'first',
  recognisesRepeats: values.recognises,
  without: new Set(values.without.split(',')),
  seed,
  log: (line) => console.error(line),
});
if (values.json) console.log(JSON.stringify(reportAsJson(report), undefined, 2));
else for (const line of reportAsLines(report)) console.log(line);
if (report.findings.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
