import type { Timer } from './operation/define-timer.ts';
import { deleteExpired } from './retention/index.ts';
import type { RetentionWorld } from './retention/index.ts';

/** Everything that a timer may work with. */
export type TimerWorld = RetentionWorld;

/** Every timer. */
export const timers: readonly Timer<TimerWorld>[] = [deleteExpired];
