import { globSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { Subcommand } from '../../../src/cli/subcommand.ts';

const folder = join(import.meta.dirname, '../../../src/cli');
const isSubcommand = (value: unknown): value is Subcommand =>
  typeof value === 'object' && value !== null && 'usage' in value && 'run' in value;

/** All subcommands, each with its file: `messages/show.ts`. */
const subcommands = (
  await Promise.all(
    globSync('*/*.ts', { cwd: folder }).map(async (file): Promise<[file: string, Subcommand][]> => {
      const module = (await import(join(folder, file))) as Record<string, unknown>;
      return Object.values(module).flatMap((value) => (isSubcommand(value) ? [[file, value]] : []));
    }),
  )
).flat();

test('all subcommands are found', () => {
  expect(subcommands.length).toBeGreaterThanOrEqual(19);
});

test.each(subcommands)('%s: has the name of its file', (file, { name }) => {
  const [command = '', word = ''] = file.replace(/\.ts$/, '').split('/');
  expect(name ?? command).toBe(word);
});

test.each(subcommands)('%s: the usage names every option, and no other', (_, { usage, options }) => {
  const named = usage.flatMap((form) => form.match(/--[a-z-]+( [A-Z][A-Z,]*)?/g) ?? []);
  const known = Object.entries(options).map(
    ([name, { value }]) => `--${name}${value === undefined ? '' : ` ${value}`}`,
  );
  expect([...new Set(named)].toSorted()).toEqual(known.toSorted());
});

/** Operands in the forms of a usage. `someOrAll` has a form for each. */
const operandForms = {
  none: [/^$/],
  one: [/^[A-Z_]+$/],
  some: [/^[A-Z_]+ \.\.\.$/],
  someOrAll: [/^[A-Z_]+ \.\.\.$/, /^$/],
};

test.each(subcommands)('%s: the usage names as many operands as the subcommand takes', (_, { usage, operands }) => {
  const forms = new Set(usage.map((form) => form.replaceAll(/\[?--[a-z-]+( [A-Z][A-Z,]*)?\]?/g, '').trim()));
  expect([...forms]).toEqual(operandForms[operands].map((form) => expect.stringMatching(form) as string));
});

test.each(subcommands)('%s: has the option --all only if it can replace operands', (_, { operands, options }) => {
  expect('all' in options).toBe(operands === 'someOrAll');
});
