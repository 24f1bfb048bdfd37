import { looks } from './looks.ts';
import type { LooksWorld } from './looks.ts';
import type { Timer } from './operation/define-timer.ts';
import { deleteExpired } from './retention/index.ts';
import type { RetentionWorld } from './retention/index.ts';
import { lookAfterWork } from './upkeep/index.ts';

/** Everything that a timer may work with. */
export type TimerWorld = RetentionWorld & LooksWorld;

/** Every timer. */
export const timers: readonly Timer<TimerWorld>[] = [deleteExpired, lookAfterWork(looks)];
