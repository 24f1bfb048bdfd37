import type { Command, Option, Subcommand } from './subcommand.ts';

/** Describes the usage, for a wrong command line: the forms of all subcommands, a line each, and where to read more. */
export function describeUsage(command: Command): string[] {
  return [
    ...command.subcommands.flatMap((subcommand) => formsOf(command, subcommand)),
    `npm run ${command.name} -- --help explains this.`,
  ];
}

/** Describes what the command does, and its subcommands with their options, for `--help`. */
export function describeHelp(command: Command, subcommands: readonly Subcommand[]): string[] {
  return [
    command.summary,
    ...subcommands.flatMap((subcommand) => [
      '',
      ...formsOf(command, subcommand),
      `  ${subcommand.summary}`,
      ...describeOptions(Object.entries(subcommand.options)),
    ]),
  ];
}

function formsOf({ name: command }: Command, { name, usage }: Subcommand): string[] {
  return usage.map((form) => [`npm run ${command} --`, name ?? '', form].filter((words) => words !== '').join(' '));
}

/** Describes options, a line each, with the help texts aligned in one column. */
function describeOptions(options: readonly [name: string, option: Option][]): string[] {
  const left = options.map(([name, { value }]) => `--${name}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...left.map(({ length }) => length));
  return options.map(([, { help }], index) => `    ${(left[index] ?? '').padEnd(width)}  ${help}`);
}
