import type { ReplayDeps } from '../../notifications/index.ts';
import { createNotificationQueue } from '../../storage/queues/notification-queue.ts';
import { createTableDeadLetterStore } from '../../storage/tables/dead-letter-store.ts';
import { createTableNotificationStore } from '../../storage/tables/notification-store.ts';
import { createTableSubscriptionStore } from '../../storage/tables/subscription-store.ts';
import { openOperatorStorage } from '../open-storage.ts';

/** Opens what the subcommands depend on. */
export async function openDeps(environment: NodeJS.ProcessEnv): Promise<ReplayDeps> {
  const storage = await openOperatorStorage(environment);
  return {
    flows: {
      subscriptions: createTableSubscriptionStore(storage),
      notifications: createTableNotificationStore(storage),
      queue: createNotificationQueue(storage),
      deadLetters: createTableDeadLetterStore(storage),
    },
    now: () => new Date(),
  };
}
