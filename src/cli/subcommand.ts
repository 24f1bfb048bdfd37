/** An option of a subcommand. */
export interface Option {
  /** The placeholder of its value in the usage, such as `ID`; absent: the option is a flag without a value. */
  value?: string;
  /** What the option does, for the help. */
  help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The values of the options that were given. */
type Given<Known extends Options> = {
  readonly [Name in keyof Known]?: Known[Name] extends { value: string } ? string : boolean;
};

/** The words that an operator typed after the subcommand's name. */
export interface Arguments<Known extends Options = Options> {
  /** All words that are not options, such as ids and files. */
  operands: readonly string[];
  values: Given<Known>;
}

/**
 * A record that declares one thing that a command does. The runner parses the command line and writes the help by it.
 */
export interface Subcommand<Known extends Options = Options> {
  /** The first word after the command; absent: the command does one thing, which needs no name. */
  name?: string;
  /** What may follow the name, one text per form. Together they name every option. */
  usage: readonly string[];
  /** A sentence for the help. */
  summary: string;
  /** How many operands the subcommand takes. `someOrAll`: one or more, or the option `all` instead. */
  operands: 'none' | 'one' | 'some' | 'someOrAll';
  options: Known;
  /**
   * Runs the subcommand and returns or resolves to the lines to print.
   *
   * @param environment the environment of the process
   * @throws UsageError if the command line is wrong; another Error, with a sentence for the operator, if it fails
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

/** The command line is wrong. The message says why; it is empty if the usage alone says enough. */
export class UsageError extends Error {}
