import { replayDeadLetter } from '../../notifications/index.ts';
import { allOption, listOptions, readListQuery } from '../list-options.ts';
import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { describeReplay, noDeadLetters } from './describe.ts';

export const replay = defineSubcommand({
  name: 'replay',
  usage: ['ID ...', '--all [--customer ID] [--limit N]'],
  summary: 'Delivers dead letters again, to their subscriptions as they are now.',
  operands: 'someOrAll',
  options: { all: allOption, ...listOptions },
  async run({ operands, values }, environment) {
    const query = readListQuery(values);
    const deps = await openDeps(environment);
    const listAll = async () => (await deps.flows.deadLetters.list(query)).map(({ id }) => id);
    const lines: string[] = [];
    for (const id of values.all === true ? await listAll() : operands) {
      lines.push(describeReplay(id, await replayDeadLetter(id, deps)));
    }
    return lines.length === 0 ? noDeadLetters : lines;
  },
});
