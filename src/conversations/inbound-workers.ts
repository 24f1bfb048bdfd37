import type { Worker } from '../operation/define-worker.ts';
import { isInboundId } from './inbound-id.ts';
import { leadInbound } from './route-inbound.ts';
import type { LeadingWorld } from './route-inbound.ts';
import type { InboundJob } from './ports.ts';

function jobOf(message: unknown): InboundJob | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { inboundId, again } = message as Partial<Record<string, unknown>>;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId)) return undefined;
  return { inboundId, ...(again === true ? { again } : {}) };
}

/** Leads phones' messages to services and their subscribers. */
export const leadInboundMessage: Worker<LeadingWorld> = {
  name: 'LeadInboundMessage',
  queue: 'inbound',
  async handle(message, world) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the inbound queue');
    return { ...job, ...(await leadInbound(job, world)) };
  },
};

/**
 * Notes a message that could not be led on among those that no service got: the queue's poison messages come here. Each
 * is tried once more first, since workers that died with it, and nothing else, may have made it poison.
 */
export const giveUpInboundMessage: Worker<LeadingWorld> = {
  name: 'GiveUpInboundMessage',
  queue: 'inbound-poison',
  async handle(message, world) {
    const job = jobOf(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    try {
      return { ...job, ...(await leadInbound(job, world)) };
    } catch (error) {
      const found = await world.inbound.read(job.inboundId);
      if (found !== undefined) await world.inbound.noteUnrouted(found.message);
      return { ...job, result: 'givenUp', error };
    }
  },
};
