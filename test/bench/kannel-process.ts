import { join } from 'node:path';

import { eventually } from '../support/tools/eventually.ts';
import { kannelUser, startKannelBoxes } from '../support/hosts/kannel-boxes.ts';
import type { CarrierState } from './carrier-process.ts';
import { startChild } from './child-process.ts';
import { createHttpClient } from './http-client.ts';
import { processorSeconds } from './machine.ts';

/** Kannel between its HTTP interface and an SMPP server, with calls back for delivery reports. */
export interface KannelProcess {
  /** Submits a text to these numbers in one call. */
  send(numbers: readonly string[]): Promise<void>;
  /** Resolves when at least `atLeast` reports have come since the start. */
  reported(atLeast: number): Promise<CarrierState>;
  /** Seconds of processor time that Kannel itself used. */
  processorSeconds(): number;
  stop(): Promise<void>;
}

export async function startKannel(): Promise<KannelProcess> {
  const around = await startChild(join(import.meta.dirname, 'smsc-main.ts'));
  const { smpp, receiver } = JSON.parse(around.output) as { smpp: number; receiver: number };
  const kannel = await startKannelBoxes({ smpp, wait: 3_000 });
  const { origin, pathname } = new URL(kannel.sendUrl);
  const client = createHttpClient(origin);
  const calls = createHttpClient(`http://127.0.0.1:${receiver}`);
  const dlrUrl = encodeURIComponent(`http://127.0.0.1:${receiver}/dlr?to=%p&type=%d`);
  // One report for a message: delivered, undelivered, or refused by the carrier.
  const fixed = `username=${kannelUser.username}&password=${kannelUser.password}&from=Arena&charset=UTF-8&coding=0&dlr-mask=19&dlr-url=${dlrUrl}`;
  const text = encodeURIComponent('Hello from the bench: the order is ready to be fetched.');
  const send = async (numbers: readonly string[]): Promise<void> => {
    const path = `${pathname}?${fixed}&text=${text}&to=${numbers.join('+')}`;
    const { status: code, body } = await client.call({ method: 'GET', path });
    if (code !== 202) throw new Error(`Kannel answered ${code}: ${body}`);
  };
  await eventually(() => send(['358401000000']), { everyMs: 100 });
  return {
    send,
    async reported(atLeast) {
      // One more: the first message was sent to see whether Kannel is ready.
      const { body } = await calls.call({ method: 'GET', path: `/reported?atLeast=${atLeast + 1}` });
      return JSON.parse(body) as CarrierState;
    },
    processorSeconds: () => kannel.pids.reduce((sum, pid) => sum + processorSeconds(pid), 0),
    async stop() {
      client.close();
      calls.close();
      await kannel.stop();
      await around.stop();
    },
  };
}
