/** Remembers the ids that it was told last. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
}

/** Remembers so many ids. */
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
