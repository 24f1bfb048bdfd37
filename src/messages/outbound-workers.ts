import type { Worker } from '../operation/define-worker.ts';
import { followUpSilence } from './follow-up.ts';
import { isMessageId } from './message-id.ts';
import type { OutboundJob } from './ports.ts';
import { giveUpChunk, sendChunk } from './send-chunk.ts';
import type { SendingWorld } from './send-chunk.ts';

function jobOf(message: unknown): OutboundJob | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { messageId, chunk, check } = message as Partial<Record<string, unknown>>;
  if (typeof messageId !== 'string' || !isMessageId(messageId) || !Number.isInteger(chunk)) return undefined;
  return { messageId, chunk: chunk as number, ...(check === 'unreported' ? { check } : {}) };
}

/** Sends what is accepted. */
export const sendOutboundChunk: Worker<SendingWorld> = {
  name: 'SendOutboundChunk',
  queue: 'outbound',
  async handle(message, world) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the outbound queue');
    if (job.check === 'unreported') return { ...job, result: 'checked', silent: await followUpSilence(job, world) };
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
    if (job.check !== undefined) return { ...job, result: 'notChecked', error: new Error('a check failed too often') };
    return { ...job, result: 'failed', recipients: await giveUpChunk(job, world) };
  },
};
