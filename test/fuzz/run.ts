/*
 * Sends requests of every kind to every operation and checks each answer: `npm run fuzz`. The same seed sends the same
 * requests again: `npm run fuzz -- --seed 5 --requests 20000`.
 */
import { parseArgs } from 'node:util';

import { startFuzzHost } from './fuzz-host.ts';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '100000' },
  },
});
const [seed, requests] = [Number(values.seed), Number(values.requests)];
if (!Number.isInteger(seed) || !Number.isInteger(requests) || requests < 10) {
  throw new Error('Give whole numbers: --seed 5 --requests 20000, the latter at least 10.');
}

process.stdout.write(`seed ${seed}, ${requests} requests\n`);
const begun = performance.now();
const host = await startFuzzHost();
try {
  const alone = Math.floor(requests / 10);
  const { failures, answers } = await runFuzz(host, { alone, together: requests - alone, seed });
  for (const [kind, count] of [...answers].sort(([left], [right]) => left.localeCompare(right))) {
    process.stdout.write(`${String(count).padStart(8)} ${kind}\n`);
  }
  for (const failure of failures) process.stdout.write(`\nfailed: ${failure}\n`);
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(`\n${failures.length} failures in ${seconds} s, seed ${seed}\n`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await host.stop();
}
