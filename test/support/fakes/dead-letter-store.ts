import type { DeadLetter, DeadLetterStore } from '../../../src/notifications/index.ts';
import { byLetterTime } from '../../../src/storage/ids-by-time.ts';

/** Keeps dead letters in memory, for tests and for load without a storage account. */
export function createMemoryDeadLetterStore(): DeadLetterStore {
  const letters = new Map<string, DeadLetter>();
  return {
    async add(letter) {
      if (!letters.has(letter.id)) letters.set(letter.id, letter);
    },
    async list({ customerId, limit }) {
      return [...letters.values()]
        .filter((letter) => customerId === undefined || letter.customerId === customerId)
        .sort((left, right) => byLetterTime(left.id, right.id))
        .slice(0, limit);
    },
    async read(id) {
      return letters.get(id);
    },
    async remove(id) {
      letters.delete(id);
    },
  };
}
