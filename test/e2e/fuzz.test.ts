import { afterAll, beforeAll, expect, test } from 'vitest';

import { operations } from '../../src/operations.ts';
import { startFuzzHost } from '../fuzz/fuzz-host.ts';
import type { FuzzHost } from '../fuzz/fuzz-host.ts';
import { runFuzz } from '../fuzz/run-fuzz.ts';

let host: FuzzHost;
beforeAll(async () => {
  host = await startFuzzHost();
});
afterAll(() => host.stop());

// `npm run fuzz` sends many more.
test('each of 2,000 generated requests gets a correct answer, and refused ones write nothing', async () => {
  const { failures, answers } = await runFuzz(host, { alone: 300, together: 1_700, seed: 20_261 });
  expect(failures).toEqual([]);
  // A run whose requests are all refused early would prove little.
  const refusedAlways = operations.filter(({ operationId, answer }) => !answers.has(`${operationId} ${answer.status}`));
  expect(refusedAlways.map(({ operationId }) => operationId)).toEqual([]);
}, 300_000);
