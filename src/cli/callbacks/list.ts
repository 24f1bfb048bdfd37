import { listOptions, readListQuery } from '../list-options.ts';
import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { describeCallbacks, noCallbacks } from './describe.ts';

export const list = defineSubcommand({
  name: 'list',
  usage: ['[--customer ID] [--limit N]'],
  summary: 'Lists the calls that were given up: an entry for each chunk of a message.',
  operands: 'none',
  options: listOptions,
  async run({ values }, environment) {
    const query = readListQuery(values);
    const { dlr, messages } = await openDeps(environment);
    const found = await dlr.store.listGivenUp(query);
    if (found.length === 0) return noCallbacks;
    return Promise.all(
      found.map(async (callbacks) =>
        describeCallbacks(callbacks, (await messages.store.readHeader(callbacks.messageId))?.dlrUrl),
      ),
    );
  },
});
