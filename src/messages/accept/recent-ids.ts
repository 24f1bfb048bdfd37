import type { RecentIds } from '../ports.ts';

/** Remembers the last `max` ids. */
export function createRecentIds(max = 10_000): RecentIds {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id);
      const [first] = ids;
      if (ids.size > max && first !== undefined) ids.delete(first);
    },
  };
}
