import { test } from 'vitest';
import { createThrottleLab, mostWithin } from '/work/main/test/support/throttle-lab.ts';

const minutes = 6;
type Shape = (m: { below(n: number): number }, instances: number, perMinute: number) => { at: number; instance: number }[];
const shapes: Record<string, Shape> = {
  even: (_, n, per) => Array.from({ length: per * minutes }, (_, i) => ({ at: Math.round((i * 60_000) / per), instance: i % n })),
  evenJitter: (r, n, per) => Array.from({ length: per * minutes }, (_, i) => ({ at: Math.round((i * 60_000) / per) + r.below(400), instance: i % n })),
  random: (r, n, per) => Array.from({ length: per * minutes }, () => ({ at: r.below(minutes * 60_000), instance: r.below(n) })),
  burst: (r, n, per) => Array.from({ length: minutes }, (_, m) => m).flatMap((m) => Array.from({ length: per }, () => ({ at: m * 61_000 + r.below(2_000), instance: r.below(n) }))),
  burst5: (r, n, per) => Array.from({ length: minutes }, (_, m) => m).flatMap((m) => Array.from({ length: per }, () => ({ at: m * 75_000 + r.below(5_000), instance: r.below(n) }))),
  burst10: (r, n, per) => Array.from({ length: minutes }, (_, m) => m).flatMap((m) => Array.from({ length: per }, () => ({ at: m * 61_000 + r.below(10_000), instance: r.below(n) }))),
  burstNow: (r, n, per) => Array.from({ length: minutes }, (_, m) => m).flatMap((m) => Array.from({ length: per }, () => ({ at: m * 60_500, instance: r.below(n) }))),
};
const W: unknown[][] = [];
test("measure", async () => {
  for (const [name, shape] of Object.entries(shapes))
    for (const [n, per] of [[1, 100], [1,60], [8, 100], [8, 95], [8,80], [8,50], [8, 20], [8, 600], [16, 95]] as const) {
      const lab = createThrottleLab({ instances: n, seed: 7 });
      await lab.load(shape(lab.random, n, per));
      const warm = lab.operations.filter(({ at }) => at > 60_000);
      const count = (k: string) => warm.filter(({ name }) => name === k).length;
      const calls = lab.calls.filter(({ at }) => at > 60_000).length;
      const passed = lab.passed();
      const inWindow = lab.refused().map(({ answeredAt }) => passed.filter((p) => p > answeredAt - 60_000 && p <= answeredAt).length);
      const all = lab.calls.length;
      W.push([name.padEnd(11), String(n).padStart(2), String(per).padStart(4), 'warm', (warm.length / calls).toFixed(3), 'all', (lab.operations.length / all).toFixed(3), 'list', count('list'), 'write', count('write'), 'conf', count('conflict'), 'of', calls, 'most', mostWithin(passed), 'refused', inWindow.length, 'first', Math.min(...inWindow)]);
    }
  process.stdout.write(W.map((l) => l.join(" ")).join("\n") + "\n");
}, 600_000);
