import { refuseLeased } from '../http-delivery/index.ts';
import { progressOf } from './deps.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUp } from './give-up.ts';
import type { RetryJob, NotificationJob } from './ports.ts';

const reason = 'processing failed too often on our side';

/** The number of notifications that were given up. */
export interface GiveUpResult {
  result: 'givenUp';
  notifications: number;
}

/**
 * Gives up those of a job's notifications that are not delivered: each becomes a dead letter. Rejects while a lease
 * runs, so that the poison message comes again. The worker that failed last left its lease behind; if the job went back
 * to its own queue until the lease ends, it would never be given up.
 */
export async function giveUpNotifications(
  job: NotificationJob | RetryJob,
  deps: NotificationDeps,
): Promise<GiveUpResult> {
  return 'chunk' in job ? giveUpChunk(job, deps) : giveUpRetry(job, deps);
}

async function giveUpChunk(job: NotificationJob, deps: NotificationDeps): Promise<GiveUpResult> {
  const { flows, now } = deps;
  const since = now();
  for (;;) {
    const found = await flows.notifications.readChunk(job.inboundId, job.chunk);
    const waiting =
      found?.chunk.targets.filter((_, targetIndex) => found.chunk.states[targetIndex] === 'waiting') ?? [];
    if (found === undefined || waiting.length === 0) return { result: 'givenUp', notifications: 0 };
    const { inboundId, customerId, serviceId, payload, states, attempts, leasedUntil } = found.chunk;
    refuseLeased(leasedUntil, now());
    for (const target of waiting) {
      const retry = { inboundId, customerId, serviceId, payload, target, state: 'givenUp' as const, since, attempts };
      await giveUp(retry, reason, deps);
    }
    const ended = states.map((state) => (state === 'waiting' ? 'ended' : state));
    const recorded = await flows.notifications.updateChunk(found, { states: ended, attempts });
    if (recorded !== 'conflict') return { result: 'givenUp', notifications: waiting.length };
  }
}

async function giveUpRetry(job: RetryJob, deps: NotificationDeps): Promise<GiveUpResult> {
  const { flows, now } = deps;
  for (;;) {
    const found = await flows.notifications.readRetry(job.inboundId, job.subscriptionKey);
    if (found?.retry.state !== 'waiting') return { result: 'givenUp', notifications: 0 };
    const { retry } = found;
    refuseLeased(retry.leasedUntil, now());
    await giveUp(retry, reason, deps);
    const recorded = await flows.notifications.updateRetry(found, { ...progressOf(found), state: 'givenUp' });
    if (recorded !== 'conflict') return { result: 'givenUp', notifications: 1 };
  }
}
