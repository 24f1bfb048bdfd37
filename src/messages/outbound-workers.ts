import type { Worker } from '../operation/define-worker.ts';
import { isMessageId } from './message-id.ts';
import type { OutboundJob } from './ports.ts';
import { giveUpChunk, sendChunk } from './send-chunk.ts';
import type { SendingWorld } from './send-chunk.ts';

function jobOf(message: unknown): OutboundJob | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { messageId, chunk } = message as Partial<Record<string, unknown>>;
  return typeof messageId === 'string' && isMessageId(messageId) && Number.isInteger(chunk)
    ? { messageId, chunk: chunk as number }
    : undefined;
}

/** Sends what is accepted. */
export const sendOutboundChunk: Worker<SendingWorld> = {
  name: 'SendOutboundChunk',
  queue: 'outbound',
  async handle(message, world) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the outbound queue');
    return { ...job, result: await sendChunk(job, world) };
  },
};

/** Ends what could not be sent in a state that shows: the queue's poison messages come here. */
export const giveUpOutboundChunk: Worker<SendingWorld> = {
  name: 'GiveUpOutboundChunk',
  queue: 'outbound-poison',
  async handle(message, world) {
    const job = jobOf(message);
    // Nothing of ours wrote it, so there is no recipient to tell; the log keeps the fact.
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    return { ...job, result: 'failed', recipients: await giveUpChunk(job, world) };
  },
};
