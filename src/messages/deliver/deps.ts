import type { FollowUpDeps } from '../reports/follow-up.ts';
import type { ChooseCarrierDeps } from './choose-carrier.ts';
import type { CarrierIdStore, ReplyRecorder } from '../ports.ts';

/** Seconds before each further attempt where a carrier refused for the moment; after the last, the recipient fails. */
export const retryDelays = [2, 10, 60, 300, 900, 3_600, 10_800, 21_600] as const;

/** What the outbound worker works with. */
export interface DeliverDeps extends FollowUpDeps, ChooseCarrierDeps {
  /** Where ids are noted of carriers that report by nothing else. */
  carrierIds: CarrierIdStore;
  replies: ReplyRecorder;
  /** How long to wait for a report before another channel stands in, where the send asked for that. */
  fallbackAfterSeconds: number;
  /** How long a worker may keep a chunk at the carrier before another may take the attempt for crashed, in seconds. */
  sendLeaseSeconds: number;
}
