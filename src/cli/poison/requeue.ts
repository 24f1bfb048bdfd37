import type { QueueClient } from '@azure/storage-queue';

import { count } from '../../core/plural.ts';
import { openQueueService } from '../../storage/queues/open-queue-service.ts';
import { allOption } from '../list-options.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { poisonQueueOf, queueNames } from './queues.ts';

/** Seconds for which a message that is being put back is hidden from others. */
const holdSeconds = 60;

export const requeue = defineSubcommand({
  name: 'requeue',
  usage: ['QUEUE ...', '--all'],
  summary: 'Puts what is in the poison queues of these queues back on the queues.',
  operands: 'someOrAll',
  options: { all: allOption },
  async run({ operands, values }, environment) {
    const service = openQueueService(await openOperatorStorage(environment));
    const lines: string[] = [];
    for (const name of values.all === true ? queueNames : operands) {
      if (!queueNames.includes(name)) throw new Error(`${name} is not one of the queues: ${queueNames.join(', ')}`);
      const [from, to] = [service.getQueueClient(poisonQueueOf(name)), service.getQueueClient(name)];
      const moved = (await from.exists()) ? await moveAll(from, to) : 0;
      lines.push(`${name}  ${count(moved, 'message')} put back`);
    }
    return lines;
  },
});

/** Moves all messages, except for those that a worker has at this moment. Resolves to their number. */
async function moveAll(from: QueueClient, to: QueueClient): Promise<number> {
  for (let moved = 0; ;) {
    const { receivedMessageItems: received } = await from.receiveMessages({
      numberOfMessages: 32,
      visibilityTimeout: holdSeconds,
    });
    if (received.length === 0) return moved;
    for (const { messageText, messageId, popReceipt } of received) {
      // Send before deleting: a crash in between duplicates a message, and never loses one.
      await to.sendMessage(messageText, { messageTimeToLive: -1 });
      await from.deleteMessage(messageId, popReceipt);
      moved += 1;
    }
  }
}
