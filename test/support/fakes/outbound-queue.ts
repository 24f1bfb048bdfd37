import type { OutboundJob, OutboundQueue } from '../../../src/messages/index.ts';

/**
 * A queue that keeps its jobs and their delays in a list, for tests that do the worker's part.
 *
 * @param carries whether jobs keep the chunk that they carry; if not, the worker reads the chunk from the store
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
