import { createFinalStatusRecorder } from '../delivery-callbacks/index.ts';
import { cancelMessage, foldMessage } from '../messages/index.ts';
import type { CancelDeps, CancelResult } from '../messages/index.ts';
import { createCallbackQueue } from '../storage/queues/callback-queue.ts';
import { describeChunk, describeRecipient } from './describe-message.ts';
import { openOperatorMessages } from './open-messages.ts';
import { runCommand } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/* Says what became of messages, and cancels scheduled ones. */

const usage = ['npm run messages -- show ID ...', 'npm run messages -- cancel ID ...'].join('\n');

type Deps = CancelDeps;

/** Numbers are cut to their last three digits, and texts are left out, as in the log. */
async function show(messageId: string, { messages }: Deps): Promise<string[]> {
  const message = await messages.store.readMessage(messageId);
  if (message === undefined) return [`${messageId} is not a message`];
  const { header, chunks, fallbacks } = message;
  const { customerId, serviceId, protocol, sender, acceptedAt, sendAt, recipientCount, requestId, dlrUrl } = header;
  const details = [
    `accepted ${acceptedAt.toISOString()}`,
    ...(sendAt === undefined ? [] : [`due ${sendAt.toISOString()}`]),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
    ...(dlrUrl === undefined ? [] : [`calls ${dlrUrl.replace(/[?#].*/s, '')}`]),
  ];
  return [
    `${messageId}  ${protocol} from ${sender} of ${customerId}/${serviceId} to ${recipientCount}`,
    `  ${details.join(', ')}`,
    ...[...chunks, ...fallbacks].map(describeChunk),
    ...foldMessage(message).map(describeRecipient),
  ];
}

function describe(messageId: string, result: CancelResult): string {
  if (result.outcome !== 'done') {
    const why = { missing: 'is not a message', notScheduled: 'was not scheduled, so it is sent already' } as const;
    return `${messageId} ${why[result.outcome]}`;
  }
  const { canceled, kept } = result;
  if (kept === 0) return `${messageId} is cancelled for its ${canceled} recipients`;
  return `${messageId} is cancelled for ${canceled} recipients; for ${kept} it was too late`;
}

function idsOf({ ids, all }: CommandOptions): readonly string[] {
  if (all || ids.length === 0) throw new Error(usage);
  return ids;
}

await runCommand(process.argv.slice(2), {
  usage,
  names: ['show', 'cancel'],
  actions(storage) {
    const { messages } = openOperatorMessages(storage, process.env);
    const deps: Deps = {
      messages: {
        store: messages,
        finalStatuses: createFinalStatusRecorder({ dlr: { queue: createCallbackQueue(storage) } }),
      },
      now: () => new Date(),
    };
    return {
      async show(options) {
        const shown = await Promise.all(idsOf(options).map((id) => show(id, deps)));
        return shown.flat();
      },
      async cancel(options) {
        const lines: string[] = [];
        for (const id of idsOf(options)) lines.push(describe(id, await cancelMessage(id, deps)));
        return lines;
      },
    };
  },
});
