import type { RequestStore, RequestUse } from '../../../src/messages/index.ts';

/** Keeps uses of request ids in memory. */
export function createMemoryRequestStore(): RequestStore {
  const uses = new Map<string, RequestUse>();
  return {
    async claim(use, forgottenBefore) {
      const key = JSON.stringify([use.customerId, use.requestId]);
      const earlier = uses.get(key);
      if (earlier !== undefined && earlier.usedAt >= forgottenBefore) return earlier;
      uses.set(key, use);
      return use;
    },
  };
}
