import { looks } from './maintenance/requeue-stalled.ts';
import type { LooksWorld } from './maintenance/requeue-stalled.ts';
import type { Timer } from './operation/define-timer.ts';
import { deleteExpired } from './maintenance/index.ts';
import type { RetentionWorld } from './maintenance/index.ts';
import { lookAfterWork } from './maintenance/index.ts';

/** Everything that a timer may work with. */
export type TimerWorld = RetentionWorld & LooksWorld;

/** Every timer. */
export const timers: readonly Timer<TimerWorld>[] = [deleteExpired, lookAfterWork(looks)];
