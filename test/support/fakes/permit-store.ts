import type { PermitStore, StoredPermit } from '../../../src/policies/permit-store.ts';

/** Keeps permits to call in memory. */
export function createMemoryPermitStore(): PermitStore {
  const connections = new Map<string, Map<number, StoredPermit>>();
  let writes = 0;
  return {
    async list(connection) {
      return [...(connections.get(connection)?.values() ?? [])];
    },

    async write(connection, changes) {
      const permits = connections.get(connection) ?? new Map<number, StoredPermit>();
      if (changes.some(({ index, version }) => permits.get(index)?.version !== version)) return 'conflict';
      connections.set(connection, permits);
      const version = String(++writes);
      for (const { index, freeAt } of changes) permits.set(index, { index, freeAt, version });
      return changes.map(() => version);
    },
  };
}
