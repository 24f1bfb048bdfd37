import type { RetryJob, NotificationJob, NotificationQueue } from '../../../src/notifications/index.ts';

/** Jobs of both kinds, with their delays. */
interface NotificationJobs {
  chunks: { job: NotificationJob; delaySeconds: number }[];
  retry: { job: RetryJob; delaySeconds: number }[];
}

/** A queue that keeps its jobs in two lists, for tests that do the workers' part. */
export function createMemoryNotificationQueue(): NotificationQueue & NotificationJobs {
  const jobs: NotificationJobs = { chunks: [], retry: [] };
  return {
    ...jobs,
    async enqueueChunk(job, delaySeconds = 0) {
      jobs.chunks.push({ job, delaySeconds });
    },
    async enqueueRetry(job, delaySeconds = 0) {
      jobs.retry.push({ job, delaySeconds });
    },
  };
}
