import { eachOf } from '../core/concurrency.ts';
import type { Directory } from '../directory/index.ts';
import type { FailureCounter } from '../messages/index.ts';
import type { ContactStore } from './ports.ts';

/** Writes under way at the same time: enough to be fast, too few to cause throttling. */
const concurrency = 16;

/**
 * Counts failed messages for the contacts that they were sent to, in every group service of their customer. It makes
 * one write for each group and failure, and no reads. A failure that was counted before is not counted again.
 */
export function createFailureCounter({
  directory,
  contacts,
}: {
  directory: Pick<Directory, 'services'>;
  contacts: Pick<ContactStore, 'recordFailure'>;
}): FailureCounter {
  return {
    async record(failures) {
      const customerIds = [...new Set(failures.map(({ customerId }) => customerId))];
      const groups = await Promise.all(
        customerIds.map(async (customerId) =>
          (await directory.services(customerId))
            .filter(({ type }) => type === 'Group')
            .map(({ id }) => ({ customerId, serviceId: id })),
        ),
      );
      const writes = groups
        .flat()
        .flatMap((group) =>
          failures
            .filter(({ customerId }) => customerId === group.customerId)
            .map(({ number, recipientId, at }) => ({ group, failure: { number, recipientId, at } })),
        );
      await eachOf(writes, concurrency, ({ group, failure }) => contacts.recordFailure(group, failure));
    },
  };
}
