import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import config from '../../oxlint.config.ts';

const source = join(import.meta.dirname, '../../src');

const rooms = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(rooms)('the linter says what src/%s may import', (room) => {
  const overrides = config.overrides?.filter(({ files }) => files.includes(`src/${room}/**`)) ?? [];
  expect(overrides.map(({ rules }) => Object.keys(rules ?? {}))).toContainEqual(['no-restricted-imports']);
});
