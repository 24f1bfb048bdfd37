import type { OptOutStore } from '../../../src/opt-outs/index.ts';

/** Keeps opt-outs in memory, for tests and for load without a storage account. */
export function createMemoryOptOutStore(): OptOutStore {
  const numbers = new Map<string, Set<string>>();
  return {
    async add({ identity, number }) {
      numbers.set(identity, (numbers.get(identity) ?? new Set()).add(number));
    },
    async remove({ identity, number }) {
      numbers.get(identity)?.delete(number);
    },
    list: async (identity) => [...(numbers.get(identity) ?? [])],
  };
}
