import type { Worker } from '../../operation/define-worker.ts';
import { isObject } from '../../core/json.ts';
import { unpackChunk } from '../accept/carried-chunk.ts';
import { followUpUnreported } from '../reports/follow-up.ts';
import { giveUpChunk } from './give-up-chunk.ts';
import { isMessageId } from '../message-id.ts';
import type { OutboundJob } from '../ports.ts';
import { sendChunk } from './send-chunk.ts';
import type { DeliverDeps } from '../deps.ts';

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

/**
 * Reads the jobs of a queue message: one, or several that were queued at the same moment. Returns an empty list if any
 * of them is not a job.
 */
function jobsOf(message: unknown): OutboundJob[] {
  const listed = isObject(message) && Array.isArray(message['jobs']) ? message['jobs'] : [message];
  const jobs = listed.flatMap((each) => jobOf(each) ?? []);
  return jobs.length === listed.length ? jobs : [];
}

type Result = Readonly<Record<string, unknown>>;

async function work(job: OutboundJob, deps: DeliverDeps): Promise<Result> {
  const { messageId, chunk } = job;
  if (job.check === 'unreported') {
    return { messageId, chunk, result: 'checked', unreported: await followUpUnreported(job, deps) };
  }
  return { messageId, chunk, result: await sendChunk(job, deps) };
}

/** Seconds after which a job that failed among others is tried again. */
const retrySeconds = 60;

/**
 * Does all jobs of a queue message. A job that fails among others is queued again individually, so that its failures
 * are counted, and it is given up, apart from the others.
 */
async function workAll(jobs: readonly OutboundJob[], deps: DeliverDeps): Promise<Result> {
  const [only] = jobs;
  if (jobs.length === 1 && only !== undefined) return work(only, deps);
  const ended = await Promise.allSettled(jobs.map((job) => work(job, deps)));
  const results: Result[] = [];
  const failures: unknown[] = [];
  for (const [index, each] of ended.entries()) {
    const { messageId, chunk, check } = jobs[index] ?? { messageId: '', chunk: 0 };
    if (each.status === 'fulfilled') results.push(each.value);
    else {
      await deps.messages.queue.enqueue({ messageId, chunk, ...(check === undefined ? {} : { check }) }, retrySeconds);
      results.push({ messageId, chunk, result: 'failed' });
      failures.push(each.reason);
    }
  }
  return { results, ...(failures.length === 0 ? {} : { error: failures[0], failures: failures.length }) };
}

/** Sends accepted chunks. */
export const sendOutboundChunk: Worker<DeliverDeps> = {
  name: 'SendOutboundChunk',
  queue: 'outbound',
  perAccount: true,
  async handle(message, deps) {
    const jobs = jobsOf(message);
    if (jobs.length === 0) throw new Error('not a job for the outbound queue');
    return workAll(jobs, deps);
  },
};

/**
 * Gives up chunks that could not be sent: it reads the poison messages of the queue. Each job is tried once more first,
 * because a message can become poison only because workers died with it.
 */
export const giveUpOutboundChunk: Worker<DeliverDeps> = {
  name: 'GiveUpOutboundChunk',
  queue: 'outbound-poison',
  perAccount: true,
  async handle(message, deps) {
    const jobs = jobsOf(message);
    // This app did not write the message, so there is no recipient to end. The log keeps the fact.
    if (jobs.length === 0) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    const [only] = jobs;
    if (jobs.length > 1 || only === undefined) return workAll(jobs, deps);
    const { messageId, chunk, check } = only;
    return work(only, deps).catch(async (error: unknown) => {
      if (check !== undefined) return { messageId, chunk, result: 'notChecked', error };
      return { messageId, chunk, result: 'failed', recipients: await giveUpChunk({ messageId, chunk }, deps), error };
    });
  },
};
