import type { CallbackJob, CallbackQueue } from '../../../src/delivery-callbacks/index.ts';

/** A queue that keeps its jobs in a list, each with the delay it was given, for whoever plays the worker. */
export function createMemoryCallbackQueue(): CallbackQueue & { jobs: { job: CallbackJob; delaySeconds: number }[] } {
  const jobs: { job: CallbackJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue(job, delaySeconds = 0) {
      jobs.push({ job, delaySeconds });
    },
  };
}
