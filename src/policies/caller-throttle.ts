import type { Directory } from '../directory/index.ts';
import type { ThrottlePort } from '../operation/throttle.ts';
import type { Throttle } from './throttle.ts';

/**
 * Counts callers by their connection. Its limit is the largest among those of its user's customers, since the same
 * connection serves them all; a customer without one has `limit`, in calls within 60 seconds, and so has everybody while
 * the directory can't be read.
 */
export function createCallerThrottle({
  throttle,
  directory,
  limit: defaultLimit,
}: {
  throttle: Throttle;
  directory: Pick<Directory, 'user' | 'customer'>;
  limit: number;
}): ThrottlePort {
  async function limitOf(userId: string): Promise<number> {
    const { customerIds = [] } = (await directory.user(userId)) ?? {};
    const customers = await Promise.all(customerIds.map((id) => directory.customer(id)));
    const limits = customers.flatMap((customer) =>
      customer === undefined ? [] : (customer.callsPerMinute ?? defaultLimit),
    );
    return limits.length === 0 ? defaultLimit : Math.max(...limits);
  }

  return {
    async take({ userId, connection }) {
      let failure: unknown;
      const limit = await limitOf(userId).catch((error: unknown) => {
        failure = error;
        return defaultLimit;
      });
      const result = await throttle.take(connection, limit);
      if (!result.allowed) return { ...result, limit };
      return failure === undefined ? result : { failure, ...result };
    },
  };
}
