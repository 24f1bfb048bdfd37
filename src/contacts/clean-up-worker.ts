import { isObject } from '../core/json.ts';
import type { Worker } from '../operation/define-worker.ts';
import type { CleanUpJob, ContactsDeps } from './ports.ts';

/** Milliseconds after which a clean-up continues in another queue message: far below a function's time limit. */
const timeLimit = 60_000;

/** Dependencies of the clean-up worker. */
export interface CleanUpDeps {
  contacts: Pick<ContactsDeps['contacts'], 'store' | 'cleanUps'>;
  now: () => Date;
}

/**
 * Removes the rows that Delete All left of a group's contacts, until all are gone or the time is up; another job then
 * removes the rest. After a pass that removed something comes another pass, because rows may have been written behind
 * the first one. Resolves to the number of rows that this job removed.
 */
async function cleanUpContacts(
  { customerId, serviceId, ...job }: CleanUpJob,
  { contacts, now }: CleanUpDeps,
): Promise<{ result: 'done' | 'notFinished'; removed: number }> {
  const group = { customerId, serviceId };
  const stopAt = now().getTime() + timeLimit;
  let { from, found = false } = job;
  let removed = 0;
  for (;;) {
    const step = await contacts.store.cleanUp(group, from);
    removed += step.removed;
    found ||= step.removed > 0;
    from = step.next;
    if (from === undefined && !found) return { result: 'done', removed };
    if (from === undefined) found = false;
    if (now().getTime() >= stopAt) {
      await contacts.cleanUps.enqueue({ ...group, ...(from === undefined ? {} : { from, found }) });
      return { result: 'notFinished', removed };
    }
  }
}

function jobOf(message: unknown): CleanUpJob | undefined {
  if (!isObject(message)) return undefined;
  const { customerId, serviceId, from, found } = message;
  if (typeof customerId !== 'string' || typeof serviceId !== 'string') return undefined;
  return { customerId, serviceId, ...(typeof from === 'string' ? { from, found: found === true } : {}) };
}

/** Removes the rows that deleted contacts left in storage. */
export const cleanUpGroupContacts: Worker<CleanUpDeps> = {
  name: 'CleanUpGroupContacts',
  queue: 'contact-cleanup',
  async handle(message, deps) {
    const job = jobOf(message);
    if (job === undefined) throw new Error('not a job for the contact-cleanup queue');
    const { customerId, serviceId } = job;
    return { customerId, serviceId, ...(await cleanUpContacts(job, deps)) };
  },
};

/**
 * Handles the queue's poison messages: reports clean-ups that failed too often to the operator. The deleted contacts
 * that are still stored can't be read, and the group's next Delete All starts their removal again.
 */
export const giveUpContactCleanUp: Worker<unknown> = {
  name: 'GiveUpContactCleanUp',
  queue: 'contact-cleanup-poison',
  async handle(message) {
    const job = jobOf(message);
    if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
    const { customerId, serviceId } = job;
    return { customerId, serviceId, result: 'givenUp', error: new Error('deleted contacts could not be removed') };
  },
};
