import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { runCommand } from '../../../src/cli/run-command.ts';
import { defineSubcommand, UsageError } from '../../../src/cli/subcommand.ts';
import type { Command } from '../../../src/cli/subcommand.ts';

/** A subcommand that prints what it was given. */
const list = defineSubcommand({
  name: 'list',
  usage: ['[--limit N]'],
  summary: 'Lists things.',
  operands: 'none',
  options: { limit: { value: 'N', help: 'at most N' } },
  run: ({ values }, environment) => [`list ${values.limit ?? 'all'} of ${environment['PLACE']}`, 'end'],
});
const read = defineSubcommand({
  name: 'read',
  usage: ['FILE [--loud]'],
  summary: 'Reads a file.',
  operands: 'one',
  options: { loud: { help: 'reads it aloud' } },
  run: async ({ operands: [file = ''], values: { loud = false } }) => [`read ${file} ${loud}`],
});
const take = defineSubcommand({
  name: 'take',
  usage: ['ID ...'],
  summary: 'Takes things.',
  operands: 'some',
  options: {},
  run({ operands }) {
    if (operands.includes('bad')) throw new UsageError('bad is not an id');
    if (operands.includes('gone')) throw new Error('gone is gone');
    return [`take ${operands.join(',')}`];
  },
});
const replay = defineSubcommand({
  name: 'replay',
  usage: ['ID ...', '--all'],
  summary: 'Replays things.',
  operands: 'someOrAll',
  options: { all: { help: 'replays everything' } },
  run: ({ operands, values }) => [values.all === true ? 'replay all' : `replay ${operands.join(',')}`],
});

const things: Command = { name: 'things', summary: 'Handles things.', subcommands: [list, read, take, replay] };
const { name: _, ...nameless } = read;
const single: Command = { name: 'single', summary: 'Does one thing.', subcommands: [nameless] };

const thingsUsage = [
  'npm run things -- list [--limit N]',
  'npm run things -- read FILE [--loud]',
  'npm run things -- take ID ...',
  'npm run things -- replay ID ...',
  'npm run things -- replay --all',
  'npm run things -- --help explains this.',
];

beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
});
let exitCode = process.exitCode;
beforeEach(() => {
  ({ exitCode } = process);
  process.exitCode = undefined;
});
afterEach(() => {
  process.exitCode = exitCode;
  vi.restoreAllMocks();
});

/** Runs a command line. Resolves to what it prints, and to the exit code that it sets. */
async function run(
  command: Command,
  ...words: string[]
): Promise<{ code: unknown; output: string[]; errors: string[] }> {
  await runCommand(command, { argv: ['node', 'command.ts', ...words], env: { PLACE: 'here' } });
  const printed = (calls: readonly unknown[][]): string[] => calls.map(([line]) => String(line));
  return {
    code: process.exitCode,
    output: printed(vi.mocked(console.log).mock.calls),
    errors: printed(vi.mocked(console.error).mock.calls).flatMap((text) => text.split('\n')),
  };
}

describe('a command line that fits', () => {
  test.for<[words: string[], output: string[]]>([
    [['list'], ['list all of here', 'end']],
    [
      ['list', '--limit', '5'],
      ['list 5 of here', 'end'],
    ],
    [
      ['--limit', '5', 'list'],
      ['list 5 of here', 'end'],
    ],
    [['read', 'list'], ['read list false']],
    [['read', '--loud', 'a'], ['read a true']],
    [['read', '--', '--loud'], ['read --loud false']],
    [['take', 'a', 'take'], ['take a,take']],
    [['replay', 'a', 'b'], ['replay a,b']],
    [['replay', '--all'], ['replay all']],
  ])('%j: runs the subcommand and prints its lines', async ([words, output]) => {
    expect(await run(things, ...words)).toEqual({ code: undefined, output, errors: [] });
  });

  test('a command without subcommands takes all words', async () => {
    expect(await run(single, 'a', '--loud')).toEqual({ code: undefined, output: ['read a true'], errors: [] });
  });

  test('a subcommand that fails: prints its sentence alone, and exits 1', async () => {
    expect(await run(things, 'take', 'gone')).toEqual({ code: 1, output: [], errors: ['gone is gone'] });
  });
});

describe('a command line that does not fit', () => {
  test.for<[words: string[], why: string[]]>([
    [[], []],
    [['toString'], []],
    [['list', 'a'], []],
    [['read'], []],
    [['read', 'a', 'b'], []],
    [['take'], []],
    [['replay'], []],
    [['replay', 'a', '--all'], []],
    [['take', 'bad'], ['bad is not an id']],
  ])('%j: prints the usage, and exits 1', async ([words, why]) => {
    expect(await run(things, ...words)).toEqual({ code: 1, output: [], errors: [...why, ...thingsUsage] });
  });

  test.for<[words: string[], why: RegExp]>([
    [['take', 'a', '--force'], /^Unknown option '--force'/],
    [['take', 'a', '--loud'], /^Unknown option '--loud'/],
    [['list', '--limit'], /^Option '--limit <value>' argument missing/],
    [['read', 'a', '--loud=5'], /^Option '--loud' does not take an argument/],
  ])('%j: prints what is wrong with the option, too', async ([words, why]) => {
    const { code, output, errors } = await run(things, ...words);
    expect([code, output, errors.slice(1)]).toEqual([1, [], thingsUsage]);
    expect(errors[0]).toMatch(why);
  });

  test('a command without subcommands: prints its one form', async () => {
    expect(await run(single)).toEqual({
      code: 1,
      output: [],
      errors: ['npm run single -- FILE [--loud]', 'npm run single -- --help explains this.'],
    });
  });
});

describe('--help', () => {
  test('explains all subcommands with their options, and exits 0', async () => {
    const output = [
      'Handles things.',
      '',
      'npm run things -- list [--limit N]',
      '  Lists things.',
      '    --limit N  at most N',
      '',
      'npm run things -- read FILE [--loud]',
      '  Reads a file.',
      '    --loud  reads it aloud',
      '',
      'npm run things -- take ID ...',
      '  Takes things.',
      '',
      'npm run things -- replay ID ...',
      'npm run things -- replay --all',
      '  Replays things.',
      '    --all  replays everything',
    ];
    for (const words of [['--help'], ['nothing', '--help']]) {
      vi.mocked(console.log).mockClear();
      expect(await run(things, ...words)).toEqual({ code: undefined, output, errors: [] });
    }
  });

  test('with a subcommand: explains only this one, and does nothing', async () => {
    expect(await run(things, 'take', 'gone', '--help')).toEqual({
      code: undefined,
      output: ['Handles things.', '', 'npm run things -- take ID ...', '  Takes things.'],
      errors: [],
    });
  });

  test('of a command without subcommands: explains its one form', async () => {
    const { output } = await run(single, '--help');
    expect(output.slice(0, 4)).toEqual(['Does one thing.', '', 'npm run single -- FILE [--loud]', '  Reads a file.']);
  });
});
