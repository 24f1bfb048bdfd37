import type { InboundMessage } from '../../conversations/index.ts';
import { createTableInboundStore } from '../../storage/tables/inbound-store.ts';
import { limitOption, readLimit } from '../list-options.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { nothingUnrouted } from './nothing-unrouted.ts';

export const unrouted = defineSubcommand({
  name: 'unrouted',
  usage: ['[--limit N]'],
  summary: 'Lists the inbound messages that no service wanted.',
  operands: 'none',
  options: { limit: limitOption },
  async run({ values }, environment) {
    const limit = readLimit(values.limit);
    const inbound = createTableInboundStore(await openOperatorStorage(environment));
    const ids = await inbound.listUnrouted(limit);
    const found = await Promise.all(ids.map((id) => inbound.read(id)));
    const messages = found.flatMap((versioned) => versioned?.message ?? []);
    return messages.length === 0 ? nothingUnrouted : messages.map(describe);
  },
});

/** Describes an inbound message without its text, and with only the last three digits of the sender's number. */
function describe({ id, protocol, recipient, sender, at, carrier }: InboundMessage): string {
  return `${id}  ${at.toISOString()}  ${protocol} to ${recipient} from …${sender.slice(-3)}, by ${carrier}`;
}
