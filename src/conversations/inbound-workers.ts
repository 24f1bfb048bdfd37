import type { Worker } from '../operation/define-worker.ts';
import { isInboundId } from './inbound-id.ts';
import { leadInbound } from './lead-inbound.ts';
import type { LeadingWorld } from './lead-inbound.ts';
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

/** Notes a message that could not be led on among those that no service got: the queue's poison messages come here. */
export const giveUpInboundMessage: Worker<Pick<LeadingWorld, 'inbound'>> = {
  name: 'GiveUpInboundMessage',
  queue: 'inbound-poison',
  async handle(message, { inbound }) {
    const job = jobOf(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    const found = await inbound.read(job.inboundId);
    if (found !== undefined) await inbound.noteUnrouted(found.message);
    return { ...job, result: 'givenUp', error: new Error('a message of a phone could not be led to its service') };
  },
};
