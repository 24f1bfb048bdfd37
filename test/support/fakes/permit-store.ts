import type { RightsStore, StoredRight } from '../../../src/policies/permit-store.ts';

/** Keeps rights to call in this process. */
export function createMemoryRightsStore(): RightsStore {
  const connections = new Map<string, Map<number, StoredRight>>();
  let writes = 0;
  return {
    async list(connection) {
      return [...(connections.get(connection)?.values() ?? [])];
    },

    async write(connection, changes) {
      const rights = connections.get(connection) ?? new Map<number, StoredRight>();
      if (changes.some(({ place, version }) => rights.get(place)?.version !== version)) return 'conflict';
      connections.set(connection, rights);
      const version = String(++writes);
      for (const { place, freeAt } of changes) rights.set(place, { place, freeAt, version });
      return changes.map(() => version);
    },
  };
}
