import { readFile } from 'node:fs/promises';

import { reportsOf } from '../../src/carriers/simulated/outcomes.ts';

/** A message that the carrier accepted, as in its state file. */
interface TakenMessage {
  id: string;
  messageId: string;
  reference: string;
  address: string;
  content: string;
  receivedAt: number;
}

type Line =
  | { kind: 'taken'; message: TakenMessage }
  | { kind: 'inboundTaken'; message: { id: string } }
  | { kind: 'reported' | 'inboundReported'; keys: string[] }
  | { kind: 'rejected' | 'throttled' };

/** The work of the carrier so far. */
export interface CarrierState {
  taken: readonly TakenMessage[];
  /** How many reports and inbound messages the carrier has yet to send. */
  owed: number;
}

/** Reads the carrier's state file, even while the carrier writes to it. */
export async function readCarrierState(file: string): Promise<CarrierState> {
  const written = await readFile(file, 'utf8');
  const lines = written
    .slice(0, written.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const confirmed = new Set(
    lines.flatMap((line) => (line.kind === 'reported' || line.kind === 'inboundReported' ? line.keys : [])),
  );
  const taken = lines.flatMap((line) => (line.kind === 'taken' ? [line.message] : []));
  const reportKeys = taken.flatMap((message) =>
    reportsOf(message, 0).map((_, index) => `${message.reference}/${index}`),
  );
  const inboundKeys = lines.flatMap((line) => (line.kind === 'inboundTaken' ? [line.message.id] : []));
  return { taken, owed: [...reportKeys, ...inboundKeys].filter((key) => !confirmed.has(key)).length };
}
