import type { CleanUpJob, CleanUpQueue } from '../../../src/contacts/index.ts';

/** A queue that keeps its jobs in a list, for whoever plays the worker. */
export function createMemoryCleanUpQueue(): CleanUpQueue & { jobs: CleanUpJob[] } {
  const jobs: CleanUpJob[] = [];
  return {
    jobs,
    async enqueue(job) {
      jobs.push(job);
    },
  };
}
