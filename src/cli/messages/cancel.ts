import { createFinalStatusRecorder } from '../../delivery-callbacks/index.ts';
import { cancelMessage } from '../../messages/index.ts';
import { createCallbackQueue } from '../../storage/queues/callback-queue.ts';
import { openOperatorMessages } from '../open-messages.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { describeCancellation } from './describe.ts';

export const cancel = defineSubcommand({
  name: 'cancel',
  usage: ['ID ...'],
  summary: 'Cancels scheduled messages for all recipients that no worker has begun to send to.',
  operands: 'some',
  options: {},
  async run({ operands }, environment) {
    const storage = await openOperatorStorage(environment);
    const deps = {
      messages: {
        store: openOperatorMessages(storage, environment).messages,
        finalStatuses: createFinalStatusRecorder({ dlr: { queue: createCallbackQueue(storage) } }),
      },
      now: () => new Date(),
    };
    const lines: string[] = [];
    for (const id of operands) lines.push(describeCancellation(id, await cancelMessage(id, deps)));
    return lines;
  },
});
