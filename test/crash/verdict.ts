import { reportsOf } from '../../src/carriers/simulated/outcomes.ts';
import type { CarrierState } from './carrier-state.ts';
import type { Ledger } from './ledger.ts';
import type { Receiver } from './receiver.ts';
import { isSettled } from './statuses.ts';
import type { RecipientState, Statuses } from './statuses.ts';

/** Everything that is known of a run. */
export interface Evidence {
  ledger: Ledger;
  receiver: Pick<Receiver, 'flows' | 'dlrs'>;
  statuses: Statuses;
  carrier: CarrierState;
  /** Whether the carrier sends nothing for an id that it has seen. */
  recognisesRepeats: boolean;
}

/** What is expected, and the ids for which it does not hold. */
export interface Finding {
  expectation: string;
  violations: readonly string[];
}

/** With these codes a recipient is marked whom the carrier may or may not have. */
const doubts = new Set([
  'AttemptInDoubt',
  'CarrierTimeout',
  'CarrierUnreachable',
  'CarrierAnswerIncomplete',
  'NoAnswer',
]);

/** Compares what was accepted with what the carrier got and who was told of it. */
export function judge(evidence: Evidence): Finding[] {
  const { ledger, statuses, carrier, recognisesRepeats } = evidence;
  const states = [...statuses.values()].flatMap((each) => each ?? []);
  const stateById = new Map(states.map((state) => [state.Id, state]));
  const takenIds = countBy(carrier.taken, ({ id }) => id);
  const addressById = new Map(carrier.taken.map(({ id, address }) => [id, address]));
  const find = (expectation: string, violations: readonly string[]): Finding => ({ expectation, violations });
  const describe = (state: RecipientState | undefined, id: string): string =>
    `${id} (${state?.Address ?? addressById.get(id) ?? '?'}): ${state?.Status ?? 'of no accepted message'} ${state?.ErrorCode ?? ''}`.trim();
  const where = (test: (state: RecipientState) => boolean): string[] =>
    states.filter(test).map((state) => describe(state, state.Id));
  const isTaken = ({ Id }: RecipientState): boolean => takenIds.has(Id);

  return [
    find(
      'every call is answered in the end, and none refused',
      ledger.sends
        .filter(({ messageIds, refused }) => messageIds.size === 0 || refused !== undefined)
        .map(({ key, refused }) => `${key}: ${refused ?? 'no answer'}`),
    ),
    find(
      'every accepted message is there',
      [...statuses].filter(([, state]) => state === undefined).map(([id]) => id),
    ),
    find(
      'every recipient has a final status',
      where((state) => !isSettled(state)),
    ),
    find('one key is one message', sharedKeys(evidence)),
    find(
      'nobody gets a message twice without a recorded doubt',
      [...takenIds]
        .filter(([id, times]) => times > 1 && !isInDoubt(stateById.get(id)))
        .map(([id, times]) => `${describe(stateById.get(id), id)}, taken ${times} times`),
    ),
    find(
      'nobody counts as reached whose message the carrier never took',
      where(
        (state) =>
          ['sent', 'delivered', 'read', 'undelivered', 'expired'].includes(state.Status) &&
          !isTaken(state) &&
          state.History === undefined,
      ),
    ),
    find(
      'nobody counts as not reached whose message the carrier took',
      where((state) => ['failed', 'rejected'].includes(state.Status) && isTaken(state) && state.History === undefined),
    ),
    find(
      'who is in doubt is marked so, where the carrier is blind to repeats, and there is no doubt where it is not',
      where(
        ({ Status, ErrorCode, Address }) =>
          Status === 'unknown' && !Address.endsWith('0005') && (recognisesRepeats || !doubts.has(ErrorCode ?? '')),
      ),
    ),
    find(
      "every recipient ends as the carrier's report says",
      where((state) => {
        const last = reportsOf({ address: state.Address, receivedAt: 0 }, 1).findLast(
          ({ status }) => status !== 'buffered',
        );
        const isReported = last !== undefined && isTaken(state) && state.History === undefined;
        return isReported && state.Status !== last.status;
      }),
    ),
    find('every phone’s message reaches every flow, and every final status its DLR address', missingCalls(evidence)),
  ];
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return counts;
}

function isInDoubt(state: RecipientState | undefined): boolean {
  const codes = [state?.ErrorCode, ...(state?.History ?? []).map(({ ErrorCode }) => ErrorCode)];
  return codes.some((code) => code !== undefined && doubts.has(code));
}

/** Messages of one key, by what callers were told and by what stands in the texts that the carrier took. */
function sharedKeys({ ledger, carrier }: Evidence): string[] {
  const byKey = new Map(ledger.sends.map(({ key, messageIds }) => [key, new Set(messageIds)]));
  for (const { content, messageId } of carrier.taken) {
    byKey.get(/\[(send-\d+)\]/.exec(content)?.[1] ?? '')?.add(messageId);
  }
  return [...byKey].filter(([, ids]) => ids.size > 1).map(([key, ids]) => `${key}: ${[...ids].join(', ')}`);
}

/** Whom nobody has told: flows of a phone's message, DLR addresses of a final status. */
export function missingCalls({
  ledger,
  receiver,
  statuses,
}: Pick<Evidence, 'ledger' | 'receiver' | 'statuses'>): string[] {
  const untold = receiver.flows.flatMap((calls, flow) =>
    ledger.written
      .filter((content) => {
        const { made = 0, taken = 0 } = calls.get(content) ?? {};
        // The first flow refuses some for good: that it was asked is all there is to see.
        return taken === 0 && !(made > 0 && flow === 0 && content.startsWith('refuse'));
      })
      .map((content) => `flow ${flow} was not told of '${content}'`),
  );
  const withDlr = ledger.sends.filter(({ tellsDlr }) => tellsDlr).flatMap(({ messageIds }) => [...messageIds]);
  const unreported = withDlr
    .flatMap((id) => statuses.get(id) ?? [])
    .filter((state) => isSettled(state) && (receiver.dlrs.get(state.Id)?.taken ?? 0) === 0)
    .map(({ Id, Status }) => `nobody was told that ${Id} is ${Status}`);
  return [...untold, ...unreported];
}
