import type { SweepPositions } from '../../../src/maintenance/index.ts';

/** Keeps the positions at which sweeps stopped in memory. */
export function createMemorySweepPositions(): SweepPositions {
  const positions = new Map<string, string | undefined>();
  return {
    read: async (name) => positions.get(name),
    async write(name, position) {
      positions.set(name, position);
    },
  };
}
