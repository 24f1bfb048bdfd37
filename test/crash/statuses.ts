import type { CallApi } from './call-api.ts';
import type { Ledger } from './ledger.ts';

/** What GetMessageStatus says of a recipient. */
export interface RecipientState {
  Id: string;
  Address: string;
  Status: string;
  ErrorCode?: string;
  History?: { Protocol: string; Status: string; ErrorCode?: string }[];
}

/** Recipients by the message's id; undefined where the message isn't found. */
export type Statuses = Map<string, readonly RecipientState[] | undefined>;

const width = 6;
const finalStatuses = new Set(['unknown', 'failed', 'rejected', 'expired', 'undelivered', 'delivered', 'read']);

/** Whether nothing more will happen to a recipient by itself; a report may still end a doubt. */
export function isSettled({ Status }: RecipientState): boolean {
  return finalStatuses.has(Status);
}

/** The ids of all messages that callers were told of. */
export function acceptedIds({ sends }: Ledger): string[] {
  return sends.flatMap(({ messageIds }) => [...messageIds]);
}

/** Reads the statuses of messages into the map; messages whose reading failed stay as they are. */
export async function readStatuses(ids: readonly string[], callApi: CallApi, statuses: Statuses): Promise<void> {
  const rest = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
      const answer = await callApi({ method: 'GET', path: `/messages/${id}` }).catch((): undefined => undefined);
      if (answer?.status === 200) statuses.set(id, (answer.body as { Recipients: RecipientState[] }).Recipients);
      else if (answer?.status === 404) statuses.set(id, undefined);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Whether all recipients of a message are known to be settled, and none of them in doubt, which a report may end. */
export function isSureOf(statuses: Statuses, id: string): boolean {
  return statuses.get(id)?.every((state) => isSettled(state) && state.Status !== 'unknown') ?? false;
}
