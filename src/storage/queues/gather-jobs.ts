/** Jobs in one queue message: a worker does them all at once. */
const maxJobs = 16;

/** Bytes of a queue message's jobs: it holds 48 KiB before base64. */
const maxBytes = 40_000;

/** Queue messages that are written at the same time before jobs gather: one that takes long must not hold up the rest. */
const maxConcurrent = 8;

interface Group<Job> {
  jobs: Job[];
  bytes: number;
  queued: PromiseWithResolvers<void>;
}

/**
 * Gathers jobs where many are to be queued at the same moment: a few are queued one by one, and while those are under
 * way, further ones wait and go together. Each caller waits for the group that has its own.
 *
 * @param enqueue puts a group on the queue, at least one job
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
