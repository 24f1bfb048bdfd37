import type { SweepPositions } from '../../retention/index.ts';

/** Keeps where sweeps stopped in this process. */
export function createMemorySweepPositions(): SweepPositions {
  const positions = new Map<string, string | undefined>();
  return {
    read: async (name) => positions.get(name),
    async write(name, position) {
      positions.set(name, position);
    },
  };
}
