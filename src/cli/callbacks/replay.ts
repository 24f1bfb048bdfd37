import { count } from '../../core/plural.ts';
import { replayCallbacks } from '../../delivery-callbacks/index.ts';
import { allOption, listOptions, readListQuery } from '../list-options.ts';
import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { noCallbacks } from './describe.ts';

export const replay = defineSubcommand({
  name: 'replay',
  usage: ['MESSAGE_ID ...', '--all [--customer ID] [--limit N]'],
  summary: 'Makes the given-up calls of these messages again.',
  operands: 'someOrAll',
  options: { all: allOption, ...listOptions },
  async run({ operands, values }, environment) {
    const query = readListQuery(values);
    const deps = await openDeps(environment);
    // A message may have several chunks.
    const listAll = async () =>
      new Set((await deps.dlr.store.listGivenUp(query)).map((callbacks) => callbacks.messageId));
    const lines: string[] = [];
    for (const messageId of values.all === true ? await listAll() : operands) {
      lines.push(describeReplay(messageId, await replayCallbacks(messageId, deps)));
    }
    return lines.length === 0 ? noCallbacks : lines;
  },
});

function describeReplay(messageId: string, calls: number): string {
  if (calls === 0) return `${messageId} has no call that was given up`;
  return `${messageId}: ${count(calls, 'call')} will be made again`;
}
