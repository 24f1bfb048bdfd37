import type { Directory } from '../directory/index.ts';
import type { ThrottlePort } from '../operation/throttle.ts';
import type { Throttle } from './throttle.ts';

/**
 * Creates the throttle of callers, which counts calls per connection. A connection serves all customers of its user, so
 * it has the largest of their limits. A customer without a limit of its own has `limit`. While the directory can't be
 * read, every connection has `limit`, and the result carries the failure.
 *
 * @param options.limit default number of calls within 60 seconds
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
