import { parseArgs } from 'node:util';

import type { StorageConnection } from '../storage/connection.ts';
import { openOperatorStorage } from './open-storage.ts';

/** What an operator asked for: ids, or everything, of one customer where one is named. */
export interface CommandOptions {
  ids: readonly string[];
  /** Whether everything is asked for instead of ids. */
  all: boolean;
  customer?: string;
  limit: number;
}

/**
 * What an action is to be done with: the ids that were asked for, or, where everything was, those that `listAll` finds.
 *
 * @throws the usage where both were asked for, or neither
 */
export async function targetsOf(
  { ids, all }: CommandOptions,
  usage: string,
  listAll: () => Promise<Iterable<string>>,
): Promise<Iterable<string>> {
  if (all === ids.length > 0) throw new Error(usage);
  return all ? listAll() : ids;
}

/** One thing that a command can do; what it resolves to is printed line by line. */
type Action = (options: CommandOptions) => Promise<readonly string[]>;

const defaultLimit = 100;

/** The words that ask for the actions of a command, and what they do on a storage account. */
export interface Command<Name extends string> {
  usage: string;
  names: readonly Name[];
  actions: (storage: StorageConnection) => Readonly<Record<Name, Action>>;
}

/**
 * Runs one of a command's actions, the first word of the command line, and prints what comes of it. Sets the exit code
 * to 1 and prints a sentence where that fails, or where there is no such action.
 */
export async function runCommand<Name extends string>(
  argv: readonly string[],
  { usage, names, actions }: Command<Name>,
): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        customer: { type: 'string' },
        limit: { type: 'string', default: String(defaultLimit) },
      },
    });
    const [word, ...ids] = positionals;
    const name = names.find((candidate) => candidate === word);
    if (name === undefined) throw new Error(usage);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1) throw new Error(`'${values.limit}' is not a number of lines.`);
    const { all, customer } = values;
    const lines = await actions(await openOperatorStorage(process.env))[name]({
      ids,
      all,
      limit,
      ...(customer === undefined ? {} : { customer }),
    });
    for (const line of lines) console.log(line);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
