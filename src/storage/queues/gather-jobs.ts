/** Jobs in one queue message: a worker does them all at once, and when one fails, the message comes back with all. */
const mostJobs = 16;

/** Characters of a queue message's jobs: it holds 48 KiB before base64. */
const mostCharacters = 32_000;

interface Group<Job> {
  jobs: Job[];
  characters: number;
  queued: Promise<void>;
}

/**
 * Gathers jobs: while a group is being queued, those that come meanwhile wait and go together in the next. Each caller
 * waits for the group that has its own; one alone waits for nothing.
 *
 * @param enqueue puts a group on the queue, at least one job
 */
export function createGatherer<Job>(enqueue: (jobs: readonly Job[]) => Promise<void>): (job: Job) => Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  let gathering: Group<Job> | undefined;

  async function queueAfter(previous: Promise<void>, group: Group<Job>): Promise<void> {
    // The group before may have failed; its own callers know, and this one goes on.
    await previous.catch(() => undefined);
    if (gathering === group) gathering = undefined;
    await enqueue(group.jobs);
  }

  return (job) => {
    const characters = JSON.stringify(job).length;
    const open = gathering;
    if (open !== undefined && open.jobs.length < mostJobs && open.characters + characters <= mostCharacters) {
      open.jobs.push(job);
      open.characters += characters;
      return open.queued;
    }
    const group: Group<Job> = { jobs: [job], characters, queued: Promise.resolve() };
    gathering = group;
    group.queued = queueAfter(underWay, group);
    underWay = group.queued;
    return group.queued;
  };
}
