import { parseArgs } from 'node:util';
import type { ParseArgsOptionDescriptor } from 'node:util';

import { describeHelp, describeUsage } from './describe-usage.ts';
import { UsageError } from './subcommand.ts';
import type { Arguments, Command, Options, Subcommand } from './subcommand.ts';

/**
 * Runs the subcommand that the command line names, and prints its lines on the output. If that fails, prints a sentence
 * on the error output and sets the exit code to 1. If the command line is wrong, prints the usage, too. With `--help`,
 * only explains the command.
 */
export async function runCommand(
  command: Command,
  { argv, env }: Pick<NodeJS.Process, 'argv' | 'env'> = process,
): Promise<void> {
  try {
    for (const line of await perform(command, argv.slice(2), env)) console.log(line);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    const usage = error instanceof UsageError ? describeUsage(command) : [];
    console.error([sentence, ...usage].filter((line) => line !== '').join('\n'));
    process.exitCode = 1;
  }
}

async function perform(
  command: Command,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { subcommand, rest, isHelp } = findSubcommand(command, words);
  if (isHelp) return describeHelp(command, subcommand === undefined ? command.subcommands : [subcommand]);
  if (subcommand === undefined) throw new UsageError();
  return subcommand.run(readArguments(subcommand, rest), environment);
}

/** Finds the subcommand that the first operand names, and removes its name from the words. */
function findSubcommand(
  { subcommands }: Command,
  words: readonly string[],
): { subcommand: Subcommand | undefined; rest: readonly string[]; isHelp: boolean } {
  const known: Options = Object.assign({}, ...subcommands.map(({ options }) => options));
  const { tokens } = parseArgs({
    args: [...words],
    options: parsed(known),
    allowPositionals: true,
    // Unknown options are reported later, once the subcommand is known.
    strict: false,
    tokens: true,
  });
  const isHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help');
  const nameless = subcommands.find(({ name }) => name === undefined);
  if (nameless !== undefined) return { subcommand: nameless, rest: words, isHelp };
  const first = tokens.find((token) => token.kind === 'positional');
  const subcommand = subcommands.find(({ name }) => name === first?.value);
  const rest = first === undefined ? words : words.toSpliced(first.index, 1);
  return { subcommand, rest, isHelp };
}

/** @throws UsageError if the words don't fit the subcommand */
function readArguments({ options, operands: wanted }: Subcommand, words: readonly string[]): Arguments {
  const { operands, values } = parseWords(options, words);
  const isFitting = {
    none: operands.length === 0,
    one: operands.length === 1,
    some: operands.length > 0,
    someOrAll: (values['all'] === true) !== operands.length > 0,
  }[wanted];
  if (!isFitting) throw new UsageError();
  return { operands, values };
}

function parseWords(options: Options, words: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: parsed(options), allowPositionals: true });
    // The types of the values follow from each subcommand's own options.
    return { operands: positionals, values: values as Arguments['values'] };
  } catch (error) {
    // The library's sentence, such as "Unknown option '--x'".
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Converts options to the form that the library takes. */
function parsed(options: Options): Record<string, ParseArgsOptionDescriptor> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
  );
}
