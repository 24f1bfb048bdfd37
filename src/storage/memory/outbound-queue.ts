import type { OutboundJob, OutboundQueue } from '../../messages/index.ts';

/** A queue that keeps its jobs in a list, each with the delay it was given, for whoever plays the worker. */
export function createMemoryOutboundQueue(): OutboundQueue & { jobs: { job: OutboundJob; delaySeconds: number }[] } {
  const jobs: { job: OutboundJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue(job, delaySeconds = 0) {
      jobs.push({ job, delaySeconds });
    },
  };
}
