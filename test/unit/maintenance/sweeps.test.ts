import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { deleteSweeps } from '../../../src/maintenance/delete-expired.ts';
import { unreportedSweeps } from '../../../src/maintenance/expire-unreported.ts';
import { promoteSweeps } from '../../../src/maintenance/promote-scheduled.ts';
import { requeueSweeps } from '../../../src/maintenance/requeue-stalled.ts';

const names = [promoteSweeps, requeueSweeps, unreportedSweeps, deleteSweeps].flatMap((sweeps) =>
  sweeps.map(({ name }) => name),
);

test('each sweep stores its position under a name of its own', () => {
  expect(new Set(names).size).toBe(names.length);
});

test('the README of maintenance names every sweep', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../src/maintenance/README.md'), 'utf8');
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
