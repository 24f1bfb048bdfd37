import type { CallbackJob, CallbackQueue } from '../../../src/delivery-callbacks/index.ts';

/** A queue that keeps its jobs and their delays in a list, for tests that do the worker's part. */
export function createMemoryCallbackQueue(): CallbackQueue & { jobs: { job: CallbackJob; delaySeconds: number }[] } {
  const jobs: { job: CallbackJob; delaySeconds: number }[] = [];
  return {
    jobs,
    async enqueue(job, delaySeconds = 0) {
      jobs.push({ job, delaySeconds });
    },
  };
}
