import type { InboundJob, InboundQueue } from '../../../src/conversations/index.ts';

/** A queue that keeps its jobs in a list, each with the delay it was given, for whoever plays the worker. */
export function createMemoryInboundQueue(): InboundQueue & { jobs: { job: InboundJob; delaySeconds: number }[] } {
  const jobs: { job: InboundJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue(job, delaySeconds = 0) {
      jobs.push({ job, delaySeconds });
    },
  };
}
