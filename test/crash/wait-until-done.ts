import { setTimeout as sleep } from 'node:timers/promises';

import type { CallApi } from './call-api.ts';
import { readCarrierState } from './carrier-state.ts';
import type { Ledger } from './ledger.ts';
import type { Receiver } from './receiver.ts';
import { acceptedIds, isFinal, isSureOf, readStatuses } from './statuses.ts';
import type { Statuses } from './statuses.ts';
import { missingCalls } from './verdict.ts';

/** The state at the end of a run. */
export interface EndState {
  statuses: Statuses;
  /** Whether all work was done before the deadline. */
  inTime: boolean;
}

/**
 * Waits, without further kills, until the hosts have finished their work: every recipient has a final status, the
 * carrier has sent all reports and inbound messages, and all flows and DlrUrls were called. Gives up at `deadline`.
 */
export async function waitUntilDone({
  callApi,
  carrierState,
  ledger,
  receiver,
  deadline,
}: {
  callApi: CallApi;
  carrierState: string;
  ledger: Ledger;
  receiver: Receiver;
  deadline: number;
}): Promise<EndState> {
  const ids = acceptedIds(ledger);
  const statuses: Statuses = new Map();
  for (;;) {
    const { owed } = await readCarrierState(carrierState);
    await readStatuses(
      ids.filter((id) => !isSureOf(statuses, id)),
      callApi,
      statuses,
    );
    const isQuiet =
      owed === 0 &&
      ids.every((id) => statuses.get(id)?.every(isFinal)) &&
      missingCalls({ ledger, receiver, statuses }).length === 0;
    if (isQuiet || Date.now() > deadline) {
      // Leaves time for calls that are wrongly made twice.
      await sleep(3_000);
      await readStatuses(
        ids.filter((id) => !isSureOf(statuses, id)),
        callApi,
        statuses,
      );
      return { statuses, inTime: isQuiet };
    }
    await sleep(1_000);
  }
}
