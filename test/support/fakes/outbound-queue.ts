import type { OutboundJob, OutboundQueue } from '../../../src/messages/index.ts';

/**
 * A queue that keeps its jobs in a list, each with the delay it was given, for whoever plays the worker.
 *
 * @param carries whether jobs keep the chunk that they carry; without it, the worker reads it
 */
export function createMemoryOutboundQueue({ carries = false } = {}): OutboundQueue & {
  jobs: { job: OutboundJob; delaySeconds: number }[];
} {
  const jobs: { job: OutboundJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue({ carried, ...job }, delaySeconds = 0) {
      jobs.push({ job: carries && carried ? { ...job, carried } : job, delaySeconds });
    },
  };
}
