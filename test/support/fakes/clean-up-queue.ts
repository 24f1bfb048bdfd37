import type { CleanUpJob, CleanUpQueue } from '../../../src/contacts/index.ts';

/** A queue that keeps its jobs in a list, for tests that do the worker's part. */
export function createMemoryCleanUpQueue(): CleanUpQueue & { jobs: CleanUpJob[] } {
  const jobs: CleanUpJob[] = [];
  return {
    jobs,
    async enqueue(job) {
      jobs.push(job);
    },
  };
}
