import type { LoneJob, NotificationJob, NotificationQueue } from '../../../src/notifications/index.ts';

/** Jobs of both kinds, each with the delay it was given. */
interface NotificationJobs {
  chunks: { job: NotificationJob; delaySeconds: number }[];
  lone: { job: LoneJob; delaySeconds: number }[];
}

/** A queue that keeps its jobs in two lists, for whoever plays the workers. */
export function createMemoryNotificationQueue(): NotificationQueue & NotificationJobs {
  const jobs: NotificationJobs = { chunks: [], lone: [] };
  return {
    ...jobs,
    async enqueueChunk(job, delaySeconds = 0) {
      jobs.chunks.push({ job, delaySeconds });
    },
    async enqueueLone(job, delaySeconds = 0) {
      jobs.lone.push({ job, delaySeconds });
    },
  };
}
