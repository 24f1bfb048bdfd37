/*
 * Measures speed, size and storage operations: `npm run bench`, or some of the sections by name,
 * `npm run bench -- accept cold --rounds 3 --json figures.json`. Every figure is a ratio, or stands beside a figure of
 * the same run, because it depends on the machine.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { benchAccept } from './accept.ts';
import { benchBulk } from './bulk.ts';
import { benchKannel } from './kannel.ts';
import { benchCold } from './cold.ts';
import { describeMachine } from './machine.ts';
import { benchOperations } from './operations.ts';
import { benchParts } from './parts.ts';
import { benchSingle } from './single.ts';
import { tableText } from './finding.ts';
import type { Finding } from './finding.ts';
import { benchValidation } from './validation.ts';

const sections: Readonly<Record<string, { rounds: number; run: (options: { rounds: number }) => Promise<Finding[]> }>> =
  {
    accept: { rounds: 5, run: benchAccept },
    single: { rounds: 5, run: benchSingle },
    operations: { rounds: 1, run: benchOperations },
    bulk: { rounds: 3, run: benchBulk },
    kannel: { rounds: 3, run: benchKannel },
    parts: { rounds: 7, run: benchParts },
    validation: { rounds: 7, run: benchValidation },
    cold: { rounds: 9, run: benchCold },
  };

const names = Object.keys(sections);
const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' }, json: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}; there are ${names.join(', ')}.`);
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('Give --rounds a whole number.');

const machine = describeMachine();
const text = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
console.log(`${text.join(', ')}\n`);
const findings: Record<string, Finding[]> = {};
for (const name of positionals.length > 0 ? positionals : names) {
  const section = sections[name];
  if (section === undefined) continue;
  const begun = performance.now();
  const found = await section.run({ rounds: rounds ?? section.rounds });
  findings[name] = found;
  for (const finding of found) console.log(`${tableText(finding)}\n`);
  console.log(`(${name} took ${Math.round((performance.now() - begun) / 1000)} s)\n`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, findings }, undefined, 2)}\n`);
