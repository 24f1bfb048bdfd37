import type { CallApi } from './call-api.ts';
import type { Ledger } from './ledger.ts';

/** A recipient in the answer of GetMessageStatus. */
export interface RecipientState {
  Id: string;
  Address: string;
  Status: string;
  ErrorCode?: string;
  History?: { Protocol: string; Status: string; ErrorCode?: string }[];
}

/** Recipients by message id; undefined if the message isn't found. */
export type Statuses = Map<string, readonly RecipientState[] | undefined>;

const width = 6;
const finalStatuses = new Set(['unknown', 'failed', 'rejected', 'expired', 'undelivered', 'delivered', 'read']);

/** Tells whether a recipient has a final status; after `unknown`, a report may still bring another one. */
export function isFinal({ Status }: RecipientState): boolean {
  return finalStatuses.has(Status);
}

/** Lists the ids of all messages in answers to callers. */
export function acceptedIds({ sends }: Ledger): string[] {
  return sends.flatMap(({ messageIds }) => [...messageIds]);
}

/** Reads the statuses of messages into `statuses`; keeps the entry of a message if reading it fails. */
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

/** Tells whether no status of a message will change any more: all are final, and no recipient is `unknown`. */
export function isSureOf(statuses: Statuses, id: string): boolean {
  return statuses.get(id)?.every((state) => isFinal(state) && state.Status !== 'unknown') ?? false;
}
