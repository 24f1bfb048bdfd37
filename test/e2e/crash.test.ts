import { expect, test } from 'vitest';

import { reportAsLines } from '../crash/describe-report.ts';
import { runCrash } from '../crash/run-crash.ts';

// `npm run crash` kills a thousand hosts.
test('loses no work and repeats none when 25 hosts are killed under load', async () => {
  const seed = 20_261;
  const report = await runCrash({
    kills: 25,
    minutes: 3,
    everyMs: 800,
    hosts: 3,
    perSecond: 6,
    points: 'mixed',
    leaseSeconds: 5,
    reportSeconds: 8,
    settleSeconds: 180,
    recognisesRepeats: false,
    without: new Set(),
    seed,
    log: (line) => console.log(`seed ${seed}: ${line}`),
  });
  const unmet = report.findings.filter(({ violations }) => violations.length > 0);
  if (unmet.length > 0) console.log(reportAsLines(report).join('\n'));
  expect(unmet.map(({ expectation, violations }) => `${violations.length} violations: ${expectation}`)).toEqual([]);
  // A run without accepted sends or kills would prove little.
  expect(report.ledger.sends.length).toBeGreaterThan(50);
  expect(report.kills.random).toBeGreaterThan(5);
}, 420_000);
