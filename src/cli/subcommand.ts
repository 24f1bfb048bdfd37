/** An option of a subcommand. */
export interface Option {
  /** The placeholder of its value, as the usage has it, such as `ID`; absent: the option is given or not. */
  value?: string;
  /** What it does, for the help. */
  help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The options that were given; those that were not are absent. */
type Given<Known extends Options> = {
  readonly [Name in keyof Known]?: Known[Name] extends { value: string } ? string : boolean;
};

/** What an operator typed after the subcommand's name. */
export interface Arguments<Known extends Options = Options> {
  /** Ids, files and so on: all words that are no options. */
  operands: readonly string[];
  values: Given<Known>;
}

/**
 * One thing that a command does: an inert record. The runner takes the usage, the parsing of the command line and the
 * help from it.
 */
export interface Subcommand<Known extends Options = Options> {
  /** The first word after the command; absent: the command does one thing, which needs no name. */
  name?: string;
  /** What may follow the name: a form a line. They name every option. */
  usage: readonly string[];
  /** A sentence for the help. */
  summary: string;
  /** How many operands it takes. `someOrAll`: one or more, or the option `all` instead. */
  operands: 'none' | 'one' | 'some' | 'someOrAll';
  options: Known;
  /**
   * Does it, and resolves to the lines to be printed.
   *
   * @param environment the settings of the process
   * @throws UsageError where the command line is wrong; another error, with a sentence, where it fails
   */
  run(given: Arguments<Known>, environment: NodeJS.ProcessEnv): readonly string[] | Promise<readonly string[]>;
}

/**
 * Declares a subcommand:
 *
 * ```ts
 * export const revoke = defineSubcommand({
 *   name: 'revoke',
 *   usage: ['ID ...'],
 *   summary: 'Deletes API keys.',
 *   operands: 'some',
 *   options: {},
 *   run: async ({ operands }, environment) => revokeApiKeys(operands, await openDeps(environment)),
 * });
 * ```
 */
export function defineSubcommand<const Known extends Options>(record: Subcommand<Known>): Subcommand<Known> {
  return record;
}

/** A command: `npm run NAME`. */
export interface Command {
  name: string;
  /** A sentence for the help. */
  summary: string;
  /** One or more; just one if it has no name. */
  subcommands: readonly Subcommand[];
}

/** The command line is wrong. The message says how, where the usage alone doesn't. */
export class UsageError extends Error {}
