import type { InboundMessage, InboundQueue, InboundStore } from '../conversations/index.ts';
import { createInboundQueue } from '../storage/queues/inbound-queue.ts';
import { createTableInboundStore } from '../storage/tables/inbound-store.ts';
import { runCommand, targetsOf } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/* Shows the messages of phones that no service wanted, and looks for a service once more. */

const usage = [
  'npm run inbound -- unrouted [--limit N]',
  'npm run inbound -- reroute ID ...',
  'npm run inbound -- reroute --all [--limit N]',
].join('\n');

const none = ['Every message has its service.'];

interface Stores {
  inbound: InboundStore;
  inboundQueue: InboundQueue;
}

async function listUnrouted({ limit }: CommandOptions, { inbound }: Stores): Promise<string[]> {
  const ids = await inbound.listUnrouted(limit);
  const found = await Promise.all(ids.map((id) => inbound.read(id)));
  const messages = found.flatMap((versioned) => versioned?.message ?? []);
  return messages.length === 0 ? none : messages.map(describe);
}

/** What a phone wrote is nobody's business here, and of its number the last three digits tell it from others. */
function describe({ id, protocol, recipient, sender, at, carrier }: InboundMessage): string {
  return `${id}  ${at.toISOString()}  ${protocol} to ${recipient} from …${sender.slice(-3)}, by ${carrier}`;
}

async function reroute(options: CommandOptions, { inbound, inboundQueue }: Stores): Promise<string[]> {
  const lines: string[] = [];
  for (const id of await targetsOf(options, usage, () => inbound.listUnrouted(options.limit))) {
    const found = await inbound.read(id);
    if (found === undefined) lines.push(`${id} is not a message of a phone`);
    else {
      await inboundQueue.enqueue({ inboundId: id, again: true });
      lines.push(`${id} is looked at once more`);
    }
  }
  return lines.length === 0 ? none : lines;
}

await runCommand(process.argv.slice(2), {
  usage,
  names: ['unrouted', 'reroute'],
  actions(storage) {
    const stores = { inbound: createTableInboundStore(storage), inboundQueue: createInboundQueue(storage) };
    return {
      unrouted: (options) => listUnrouted(options, stores),
      reroute: (options) => reroute(options, stores),
    };
  },
});
