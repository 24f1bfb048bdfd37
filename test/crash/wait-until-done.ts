import { setTimeout as sleep } from 'node:timers/promises';

import type { CallApi } from './call-api.ts';
import { readCarrierState } from './carrier-state.ts';
import type { Ledger } from './ledger.ts';
import type { Receiver } from './receiver.ts';
import { acceptedIds, isSettled, isSureOf, readStatuses } from './statuses.ts';
import type { Statuses } from './statuses.ts';
import { missingCalls } from './verdict.ts';

/** Where things stand at the end. */
export interface EndState {
  statuses: Statuses;
  /** Whether nothing was left to wait for. */
  inTime: boolean;
}

/**
 * Lets hosts, from now on left alone, finish what there is: until every recipient has a final status, the carrier has
 * told everything, and everybody was called who is to be called; or until the deadline, in milliseconds of Date.now().
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
      ids.every((id) => statuses.get(id)?.every(isSettled)) &&
      missingCalls({ ledger, receiver, statuses }).length === 0;
    if (isQuiet || Date.now() > deadline) {
      // Whatever is done twice would come about now.
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
