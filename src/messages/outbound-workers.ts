import type { Worker } from '../operation/define-worker.ts';
import { isObject } from '../operation/json.ts';
import { unpackChunk } from './carried-chunk.ts';
import { followUpSilence } from './follow-up.ts';
import { giveUpChunk } from './give-up-chunk.ts';
import { isMessageId } from './message-id.ts';
import type { OutboundJob } from './ports.ts';
import { sendChunk } from './send-chunk.ts';
import type { SendingWorld } from './sending-world.ts';

function jobOf(message: unknown): OutboundJob | undefined {
  if (!isObject(message)) return undefined;
  const { messageId, chunk, check, carried } = message;
  if (typeof messageId !== 'string' || !isMessageId(messageId) || !Number.isInteger(chunk)) return undefined;
  return {
    messageId,
    chunk: chunk as number,
    ...(check === 'unreported' ? { check } : {}),
    ...(isObject(carried) ? { carried: unpackChunk(carried) } : {}),
  };
}

/** The jobs of a queue message: one, or several that were queued at the same moment. */
function jobsOf(message: unknown): OutboundJob[] {
  const listed = isObject(message) && Array.isArray(message['jobs']) ? message['jobs'] : [message];
  return listed.flatMap((each) => jobOf(each) ?? []);
}

type Result = Readonly<Record<string, unknown>>;

async function work(job: OutboundJob, world: SendingWorld): Promise<Result> {
  const { messageId, chunk } = job;
  if (job.check === 'unreported') {
    return { messageId, chunk, result: 'checked', silent: await followUpSilence(job, world) };
  }
  return { messageId, chunk, result: await sendChunk(job, world) };
}

/** Does all of a queue message's jobs; rejects when all have ended, if one has failed. What is done is passed over next time. */
async function workAll(message: unknown, world: SendingWorld): Promise<Result> {
  const jobs = jobsOf(message);
  const ended = await Promise.allSettled(jobs.map((job) => work(job, world)));
  const results = ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  const [only] = results;
  return results.length === 1 && only !== undefined ? only : { results };
}

/** Sends what is accepted. */
export const sendOutboundChunk: Worker<SendingWorld> = {
  name: 'SendOutboundChunk',
  queue: 'outbound',
  perAccount: true,
  async handle(message, world) {
    if (jobsOf(message).length === 0) throw new Error('not a job for the outbound queue');
    return workAll(message, world);
  },
};

/**
 * Ends what could not be sent in a state that shows: the queue's poison messages come here. Each is tried once more
 * first, since workers that died with it, and nothing else, may have made it poison.
 */
export const giveUpOutboundChunk: Worker<SendingWorld> = {
  name: 'GiveUpOutboundChunk',
  queue: 'outbound-poison',
  perAccount: true,
  async handle(message, world) {
    const jobs = jobsOf(message);
    // Nothing of ours wrote it, so there is no recipient to tell; the log keeps the fact.
    if (jobs.length === 0) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    return workAll(message, world).catch(async (error: unknown) => {
      const results: Result[] = [];
      for (const { messageId, chunk, check } of jobs) {
        const recipients = check === undefined ? await giveUpChunk({ messageId, chunk }, world) : 0;
        results.push({ messageId, chunk, result: check === undefined ? 'failed' : 'notChecked', recipients });
      }
      const [only] = results;
      return { ...(results.length === 1 ? only : { results }), error };
    });
  },
};
