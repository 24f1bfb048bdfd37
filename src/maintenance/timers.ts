import type { Timer } from '../operation/define-timer.ts';
import { deleteSweeps } from './delete-expired.ts';
import type { ExpireRowsDeps } from './delete-expired.ts';
import { unreportedSweeps } from './expire-unreported.ts';
import type { ExpireUnreportedDeps } from './expire-unreported.ts';
import { promoteSweeps } from './promote-scheduled.ts';
import { requeueSweeps } from './requeue-stalled.ts';
import type { RequeueDeps } from './requeue-stalled.ts';
import { runSweeps } from './run-sweeps.ts';
import type { SweepDeps } from './run-sweeps.ts';

/** Dependencies of the timer RequeueStalled. */
export type RequeueStalledDeps = SweepDeps & RequeueDeps & ExpireUnreportedDeps;

/** Dependencies of the timer DeleteExpired. */
export type DeleteExpiredDeps = SweepDeps & ExpireRowsDeps;

/** Each minute: queues stalled work again, promotes scheduled messages, ends unreported recipients. */
export const requeueStalled: Timer<RequeueStalledDeps> = {
  name: 'RequeueStalled',
  schedule: '0 * * * * *',
  run: (deps) => runSweeps([...promoteSweeps, ...requeueSweeps, ...unreportedSweeps], deps),
};

/** Each hour: deletes rows that are older than they may be kept. */
export const deleteExpired: Timer<DeleteExpiredDeps> = {
  name: 'DeleteExpired',
  schedule: '0 17 * * * *',
  run: (deps) => runSweeps(deleteSweeps, deps),
};
