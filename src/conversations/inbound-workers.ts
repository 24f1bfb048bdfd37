import { isObject } from '../core/json.ts';
import type { RouteInboundDeps } from './deps.ts';
import type { Worker } from '../operation/define-worker.ts';
import { isInboundId } from './inbound-id.ts';
import { routeInbound } from './route-inbound.ts';
import type { InboundJob } from './ports.ts';

function jobOf(message: unknown): InboundJob | undefined {
  if (!isObject(message)) return undefined;
  const { inboundId, again } = message;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId)) return undefined;
  return { inboundId, ...(again === true ? { again } : {}) };
}

/** Routes inbound messages to services and their subscribers. */
export const routeInboundMessage: Worker<RouteInboundDeps> = {
  name: 'RouteInboundMessage',
  queue: 'inbound',
  async handle(message, deps) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the inbound queue');
    return { ...job, ...(await routeInbound(job, deps)) };
  },
};

/**
 * Handles the inbound queue's poison messages. It first tries each once more, because a message also becomes poison if
 * its workers died. If that fails, it lists the message among the unrouted ones.
 */
export const giveUpInboundMessage: Worker<RouteInboundDeps> = {
  name: 'GiveUpInboundMessage',
  queue: 'inbound-poison',
  async handle(message, deps) {
    const job = jobOf(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    try {
      return { ...job, ...(await routeInbound(job, deps)) };
    } catch (error) {
      const found = await deps.inbound.store.read(job.inboundId);
      if (found !== undefined) await deps.inbound.store.recordUnrouted(found.message);
      return { ...job, result: 'givenUp', error };
    }
  },
};
