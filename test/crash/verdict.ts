import { reportsOf } from '../../src/carriers/simulated/outcomes.ts';
import type { CarrierState } from './carrier-state.ts';
import type { Ledger } from './ledger.ts';
import type { Receiver } from './receiver.ts';
import { isFinal } from './statuses.ts';
import type { RecipientState, Statuses } from './statuses.ts';

/** The observations of a run. */
export interface Evidence {
  ledger: Ledger;
  receiver: Pick<Receiver, 'flows' | 'dlrs'>;
  statuses: Statuses;
  carrier: CarrierState;
  /** Whether the carrier is idempotent: it sends nothing for an id that it has seen. */
  recognisesRepeats: boolean;
}

/** An expectation, and the cases that violate it. */
export interface Finding {
  expectation: string;
  violations: readonly string[];
}

/** The codes of recipients in doubt: the carrier may or may not have the message. */
const doubts = new Set([
  'AttemptInDoubt',
  'CarrierTimeout',
  'CarrierUnreachable',
  'CarrierAnswerIncomplete',
  'NoAnswer',
]);

/** Compares the accepted messages with what the carrier got and with the calls of flows and DlrUrls. */
export function judge(evidence: Evidence): Finding[] {
  const { ledger, statuses, carrier, recognisesRepeats } = evidence;
  const states = [...statuses.values()].flatMap((each) => each ?? []);
  const stateById = new Map(states.map((state) => [state.Id, state]));
  const takenIds = countBy(carrier.taken, ({ id }) => id);
  const addressById = new Map(carrier.taken.map(({ id, address }) => [id, address]));
  const find = (expectation: string, violations: readonly string[]): Finding => ({ expectation, violations });
  const describe = (state: RecipientState | undefined, id: string): string =>
    `${id} (${state?.Address ?? addressById.get(id) ?? '?'}): ${state?.Status ?? 'belongs to no accepted message'} ${state?.ErrorCode ?? ''}`.trim();
  const where = (test: (state: RecipientState) => boolean): string[] =>
    states.filter(test).map((state) => describe(state, state.Id));
  const isTaken = ({ Id }: RecipientState): boolean => takenIds.has(Id);

  return [
    find(
      'every send is accepted in the end, and no send is refused',
      ledger.sends
        .filter(({ messageIds, refused }) => messageIds.size === 0 || refused !== undefined)
        .map(({ key, refused }) => `${key}: ${refused ?? 'no answer'}`),
    ),
    find(
      'every accepted message is found',
      [...statuses].filter(([, state]) => state === undefined).map(([id]) => id),
    ),
    find(
      'every recipient has a final status',
      where((state) => !isFinal(state)),
    ),
    find('every request id makes only one message', sharedKeys(evidence)),
    find(
      'no recipient gets a message twice, unless recorded as in doubt',
      [...takenIds]
        .filter(([id, times]) => times > 1 && !isInDoubt(stateById.get(id)))
        .map(([id, times]) => `${describe(stateById.get(id), id)}, accepted by the carrier ${times} times`),
    ),
    find(
      'no recipient counts as sent if the carrier never got the message',
      where(
        (state) =>
          ['sent', 'delivered', 'read', 'undelivered', 'expired'].includes(state.Status) &&
          !isTaken(state) &&
          state.History === undefined,
      ),
    ),
    find(
      'no recipient counts as failed if the carrier got the message',
      where((state) => ['failed', 'rejected'].includes(state.Status) && isTaken(state) && state.History === undefined),
    ),
    find(
      recognisesRepeats
        ? 'no recipient is in doubt, because the carrier recognises repeats'
        : 'every recipient in doubt has a code that says so',
      where(
        ({ Status, ErrorCode, Address }) =>
          Status === 'unknown' && !Address.endsWith('0005') && (recognisesRepeats || !doubts.has(ErrorCode ?? '')),
      ),
    ),
    find(
      "every recipient has the status of the carrier's last report",
      where((state) => {
        const last = reportsOf({ address: state.Address, receivedAt: 0 }, 1).findLast(
          ({ status }) => status !== 'buffered',
        );
        const isReported = last !== undefined && isTaken(state) && state.History === undefined;
        return isReported && state.Status !== last.status;
      }),
    ),
    find('every inbound message reaches every flow, and every final status its DlrUrl', missingCalls(evidence)),
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

/** Finds request ids with several messages, in the answers to callers and in the texts that the carrier got. */
function sharedKeys({ ledger, carrier }: Evidence): string[] {
  const byKey = new Map(ledger.sends.map(({ key, messageIds }) => [key, new Set(messageIds)]));
  for (const { content, messageId } of carrier.taken) {
    byKey.get(/\[(send-\d+)\]/.exec(content)?.[1] ?? '')?.add(messageId);
  }
  return [...byKey].filter(([, ids]) => ids.size > 1).map(([key, ids]) => `${key}: ${[...ids].join(', ')}`);
}

/** Finds missing calls: flows without an inbound message, DlrUrls without a final status. */
export function missingCalls({
  ledger,
  receiver,
  statuses,
}: Pick<Evidence, 'ledger' | 'receiver' | 'statuses'>): string[] {
  const missingNotifications = receiver.flows.flatMap((calls, flow) =>
    ledger.written
      .filter((content) => {
        const { made = 0, taken = 0 } = calls.get(content) ?? {};
        // The first flow refuses some messages for good, so a call is enough.
        return taken === 0 && !(made > 0 && flow === 0 && content.startsWith('refuse'));
      })
      .map((content) => `flow ${flow} did not get '${content}'`),
  );
  const withDlr = ledger.sends.filter(({ wantsDlr }) => wantsDlr).flatMap(({ messageIds }) => [...messageIds]);
  const missingCallbacks = withDlr
    .flatMap((id) => statuses.get(id) ?? [])
    .filter((state) => isFinal(state) && (receiver.dlrs.get(state.Id)?.taken ?? 0) === 0)
    .map(({ Id, Status }) => `the DlrUrl of ${Id} did not get its status ${Status}`);
  return [...missingNotifications, ...missingCallbacks];
}
