import type { InboundJob, InboundQueue } from '../../../src/conversations/index.ts';

/** A queue that keeps its jobs and their delays in a list, for tests that do the worker's part. */
export function createMemoryInboundQueue(): InboundQueue & { jobs: { job: InboundJob; delaySeconds: number }[] } {
  const jobs: { job: InboundJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue(job, delaySeconds = 0) {
      jobs.push({ job, delaySeconds });
    },
  };
}
