import { createInboundQueue } from '../../storage/queues/inbound-queue.ts';
import { createTableInboundStore } from '../../storage/tables/inbound-store.ts';
import { allOption, limitOption, readLimit } from '../list-options.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { nothingUnrouted } from './nothing-unrouted.ts';

export const reroute = defineSubcommand({
  name: 'reroute',
  usage: ['ID ...', '--all [--limit N]'],
  summary: 'Looks for the services of these inbound messages again.',
  operands: 'someOrAll',
  options: { all: allOption, limit: limitOption },
  async run({ operands, values }, environment) {
    const limit = readLimit(values.limit);
    const storage = await openOperatorStorage(environment);
    const inbound = createTableInboundStore(storage);
    const queue = createInboundQueue(storage);
    const lines: string[] = [];
    for (const id of values.all === true ? await inbound.listUnrouted(limit) : operands) {
      const found = await inbound.read(id);
      if (found === undefined) lines.push(`${id} is not an inbound message`);
      else {
        await queue.enqueue({ inboundId: id, again: true });
        lines.push(`${id} will be routed again`);
      }
    }
    return lines.length === 0 ? nothingUnrouted : lines;
  },
});
