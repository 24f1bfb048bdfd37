import { listOptions, readListQuery } from '../list-options.ts';
import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { describeDeadLetter, noDeadLetters } from './describe.ts';

export const list = defineSubcommand({
  name: 'list',
  usage: ['[--customer ID] [--limit N]'],
  summary: 'Lists the dead letters.',
  operands: 'none',
  options: listOptions,
  async run({ values }, environment) {
    const query = readListQuery(values);
    const { flows } = await openDeps(environment);
    const letters = await flows.deadLetters.list(query);
    if (letters.length === 0) return noDeadLetters;
    return Promise.all(
      letters.map(async (letter) => {
        const found = await flows.subscriptions.find(letter.pipelineId, letter.subscriptionKey);
        return describeDeadLetter(letter, found?.subscription);
      }),
    );
  },
});
