/** The maximum number of jobs in one queue message. A worker does all of them at the same time. */
const maxJobs = 16;

/** The maximum size of the jobs in one queue message, in bytes. A queue message holds 48 KiB before base64. */
const maxBytes = 40_000;

/** How many queue messages are written at the same time before jobs wait, so that one slow write does not delay all. */
const maxConcurrent = 8;

interface Group<Job> {
  jobs: Job[];
  bytes: number;
  queued: PromiseWithResolvers<void>;
}

/**
 * Creates a function that queues jobs and puts jobs that come at the same moment into one queue message. The first few
 * jobs are queued one by one. While these writes are in progress, further jobs wait and are queued in groups.
 *
 * @param enqueue puts a group of one or more jobs on the queue
 * @returns a function that resolves or rejects with the write of the group that its job is in
 */
export function createGatherer<Job>(enqueue: (jobs: readonly Job[]) => Promise<void>): (job: Job) => Promise<void> {
  const waiting: Group<Job>[] = [];
  let underWay = 0;

  function start({ jobs, queued }: Group<Job>): void {
    underWay += 1;
    enqueue(jobs)
      .then(queued.resolve, queued.reject)
      .finally(() => {
        underWay -= 1;
        const next = waiting.shift();
        if (next !== undefined) start(next);
      });
  }

  return (job) => {
    const bytes = Buffer.byteLength(JSON.stringify(job));
    const open = waiting.at(-1);
    if (open !== undefined && open.jobs.length < maxJobs && open.bytes + bytes <= maxBytes) {
      open.jobs.push(job);
      open.bytes += bytes;
      return open.queued.promise;
    }
    const group: Group<Job> = { jobs: [job], bytes, queued: Promise.withResolvers<void>() };
    if (underWay < maxConcurrent) start(group);
    else waiting.push(group);
    return group.queued.promise;
  };
}
