import type { ApiKey, ApiKeyStore } from '../../../src/auth/ports.ts';

/** Keeps API keys in memory, for tests and for load without a storage account. */
export function createMemoryApiKeyStore(): ApiKeyStore {
  const keys = new Map<string, ApiKey>();
  return {
    async add(key) {
      if (keys.has(key.id)) throw new Error(`the API key ${key.id} exists already`);
      keys.set(key.id, key);
    },
    find: async (id) => keys.get(id),
    list: async () => [...keys.values()].sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
    remove: async (id) => keys.delete(id),
  };
}
