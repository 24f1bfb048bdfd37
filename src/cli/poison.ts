import type { QueueClient } from '@azure/storage-queue';

import type { StorageConnection } from '../storage/connection.ts';
import { openQueueService } from '../storage/queues/open-queue-service.ts';
import { workers } from '../workers.ts';
import { runCommand, targetsOf } from './run-command.ts';

/*
 * Shows the messages that the queues gave up, and puts them back. Most are dealt with by workers of their own; what is
 * left here failed there as well, or its workers died with it.
 */

const usage = ['npm run poison -- list', 'npm run poison -- requeue QUEUE ...', 'npm run poison -- requeue --all'].join(
  '\n',
);

const suffix = '-poison';
const queues = workers.map(({ queue }) => queue).filter((queue) => !queue.endsWith(suffix));

/** A message that is being put back is nobody else's for so long, in seconds. */
const holdSeconds = 60;

async function list(storage: StorageConnection): Promise<string[]> {
  const service = openQueueService(storage);
  const counts = await Promise.all(queues.map((queue) => countOf(service.getQueueClient(queue + suffix))));
  const lines = queues.flatMap((queue, index) => {
    const count = counts[index] ?? 0;
    return count === 0 ? [] : [`${queue}  about ${count} messages`];
  });
  return lines.length === 0 ? ['No queue has given up a message.'] : lines;
}

async function countOf(queue: QueueClient): Promise<number> {
  if (!(await queue.exists())) return 0;
  return (await queue.getProperties()).approximateMessagesCount ?? 0;
}

async function requeue(storage: StorageConnection, names: Iterable<string>): Promise<string[]> {
  const service = openQueueService(storage);
  const lines: string[] = [];
  for (const name of names) {
    if (!queues.includes(name)) throw new Error(`${name} is none of ${queues.join(', ')}`);
    const [from, to] = [service.getQueueClient(name + suffix), service.getQueueClient(name)];
    const moved = (await from.exists()) ? await moveAll(from, to) : 0;
    lines.push(`${name}  ${moved} messages put back`);
  }
  return lines;
}

/** Messages that a worker has at this moment are left to it. */
async function moveAll(from: QueueClient, to: QueueClient): Promise<number> {
  for (let moved = 0; ;) {
    const { receivedMessageItems: received } = await from.receiveMessages({
      numberOfMessages: 32,
      visibilityTimeout: holdSeconds,
    });
    if (received.length === 0) return moved;
    for (const { messageText, messageId, popReceipt } of received) {
      // In this order: a crash in between leaves a message too many, never one too few.
      await to.sendMessage(messageText, { messageTimeToLive: -1 });
      await from.deleteMessage(messageId, popReceipt);
      moved += 1;
    }
  }
}

await runCommand(process.argv.slice(2), {
  usage,
  names: ['list', 'requeue'],
  actions: (storage) => ({
    list: () => list(storage),
    requeue: async (options) => requeue(storage, await targetsOf(options, usage, async () => queues)),
  }),
});
