import { looks } from './maintenance/requeue-stalled.ts';
import type { SweepsDeps } from './maintenance/requeue-stalled.ts';
import type { Timer } from './operation/define-timer.ts';
import { deleteExpired } from './maintenance/index.ts';
import type { RetentionDeps } from './maintenance/index.ts';
import { lookAfterWork } from './maintenance/index.ts';

/** Everything that a timer may work with. */
export type TimerDeps = RetentionDeps & SweepsDeps;

/** Every timer. */
export const timers: readonly Timer<TimerDeps>[] = [deleteExpired, lookAfterWork(looks)];
