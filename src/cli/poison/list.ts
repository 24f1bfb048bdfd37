import type { QueueClient } from '@azure/storage-queue';

import { count } from '../../core/plural.ts';
import { openQueueService } from '../../storage/queues/open-queue-service.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { poisonQueueOf, queueNames } from './queues.ts';

export const list = defineSubcommand({
  name: 'list',
  usage: [''],
  summary: 'Lists the queues that have messages in their poison queue, with about how many.',
  operands: 'none',
  options: {},
  async run(_, environment) {
    const service = openQueueService(await openOperatorStorage(environment));
    const counts = await Promise.all(
      queueNames.map((queue) => countMessages(service.getQueueClient(poisonQueueOf(queue)))),
    );
    const lines = queueNames.flatMap((queue, index) => {
      const messages = counts[index] ?? 0;
      return messages === 0 ? [] : [`${queue}  about ${count(messages, 'message')}`];
    });
    return lines.length === 0 ? ['The poison queues are empty.'] : lines;
  },
});

async function countMessages(queue: QueueClient): Promise<number> {
  if (!(await queue.exists())) return 0;
  return (await queue.getProperties()).approximateMessagesCount ?? 0;
}
