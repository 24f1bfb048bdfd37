import { deleteExpired, requeueStalled } from './maintenance/index.ts';
import type { DeleteExpiredDeps, RequeueStalledDeps } from './maintenance/index.ts';
import type { Timer } from './operation/define-timer.ts';

/** The dependencies of all timers. */
export type TimerDeps = DeleteExpiredDeps & RequeueStalledDeps;

/** Every timer. */
export const timers: readonly Timer<TimerDeps>[] = [deleteExpired, requeueStalled];
