import type { CarrierId, CarrierIdStore } from '../../../src/messages/index.ts';

/** Keeps the ids that carriers gave in memory. */
export function createMemoryCarrierIdStore(): CarrierIdStore {
  const entries = new Map<string, CarrierId>();
  const keyOf = (carrier: string, id: string): string => JSON.stringify([carrier, id]);
  return {
    async record(entry) {
      const key = keyOf(entry.carrier, entry.id);
      const first = entries.get(key) ?? entry;
      entries.set(key, first);
      return first;
    },
    async find(carrier, id) {
      return entries.get(keyOf(carrier, id));
    },
  };
}
