import { join } from 'node:path';

import { TableClient } from '@azure/data-tables';

import { startAzuriteProcess } from './azurite-process.ts';
import { deploymentFlags, sendBody, startBenchHost } from './bench-host.ts';
import { startCarrierProcess } from './carrier-process.ts';
import { startChild } from './child-process.ts';
import { peakMegabytes, processorSeconds } from './machine.ts';
import { interleaved, median } from './measure.ts';
import { against, short } from './finding.ts';
import type { Finding } from './finding.ts';

const recipientsOfSend = 10_000;
/**
 * How many sends the worker may be behind. Keeps fewer than 500 queue messages waiting, because Azurite slows down with
 * more.
 */
const ahead = 4;
const warmUp = 1_000;

/** The figures of sends in bulk. */
export interface BulkRun {
  milliseconds: number;
  /** The peak of the app's process. */
  peakMegabytes: number;
  /** Milliseconds of processor time that the app's process used. */
  processorMs?: number;
  /** Rows of delivery reports; each is one storage operation. */
  reportRows?: number;
}

/** Sends in bulk, from accept to final status with a delivery report for every recipient. */
export async function benchBulk({ rounds }: { rounds: number }): Promise<Finding[]> {
  const onAzurite = await interleaved(rounds, {
    one: () => bulkOnAzurite(1, { reportsPerCall: 100 }),
    ten: () => bulkOnAzurite(10, { reportsPerCall: 100 }),
  });
  const inMemory = await interleaved(rounds, { one: () => bulkInMemory(1), ten: () => bulkInMemory(10) });
  return [
    findingOf(`on Azurite, medians of ${rounds} rounds`, onAzurite, {
      maxMegabytes: 300,
      carrier:
        "The carrier is a lean one in its own process, with the simulated carrier's wire format and 100 reports in a call.",
    }),
    findingOf(`on the memory adapters, medians of ${rounds} rounds`, inMemory, {
      carrier: 'Storage and carrier are in the same process, so the memory is theirs too.',
    }),
  ];
}

function findingOf(
  where: string,
  runs: Record<'one' | 'ten', BulkRun[]>,
  { maxMegabytes, carrier }: { maxMegabytes?: number; carrier: string },
): Finding {
  const time = (name: 'one' | 'ten'): number => median(runs[name].map(({ milliseconds }) => milliseconds));
  const memory = (name: 'one' | 'ten'): number => median(runs[name].map(({ peakMegabytes: peak }) => peak));
  const rows = (
    [
      [1, 'one'],
      [10, 'ten'],
    ] as const
  ).map(([sends, name]) => {
    const recipients = sends * recipientsOfSend;
    const reportRows = median(runs[name].map((run) => run.reportRows ?? Number.NaN));
    return {
      recipients,
      'recipients/s': (recipients * 1000) / time(name),
      seconds: time(name) / 1000,
      'peak memory (MB)':
        maxMegabytes === undefined ? short(memory(name)) : against(Math.round(memory(name)), { max: maxMegabytes }),
      "host's core (ms per 1,000)": short(
        median(runs[name].map(({ processorMs = Number.NaN }) => processorMs)) / (recipients / 1000),
      ),
      'operations per report': short(reportRows / (recipients + warmUp)),
    };
  });
  const growth = median(runs.ten.map(({ milliseconds }, round) => milliseconds / (runs.one[round]?.milliseconds ?? 1)));
  const memoryRatio = memory('ten') / memory('one');
  return {
    title: `bulk: sends of ${short(recipientsOfSend)} from accept to final status, ${where}`,
    rows,
    notes: [
      `Ten times the recipients take ${against(growth, { max: 11 })} times the time and ${maxMegabytes === undefined ? short(memoryRatio) : against(memoryRatio, { max: 1.2 })} times the memory.`,
      `Heap flags ${deploymentFlags.join(' ')}. ${carrier}`,
    ],
  };
}

/** Makes `sends` sends to 10,000 recipients through a new host on a new Azurite. */
export async function bulkOnAzurite(sends: number, { reportsPerCall }: { reportsPerCall: number }): Promise<BulkRun> {
  const azurite = await startAzuriteProcess();
  const carrier = await startCarrierProcess(reportsPerCall);
  const host = await startBenchHost({ storage: azurite.connectionString, carrier, nodeOptions: deploymentFlags });
  try {
    await host.send(sendBody(warmUp));
    await carrier.reported(warmUp);
    const bodies = Array.from({ length: sends }, () => sendBody(recipientsOfSend));
    const sent: string[] = [];
    const usedBefore = processorSeconds(host.pid);
    const begun = performance.now();
    for (const [index, body] of bodies.entries()) {
      await carrier.reported(warmUp + (index - ahead + 1) * recipientsOfSend);
      sent.push((await host.send(body)).MessageId);
    }
    await carrier.reported(warmUp + sends * recipientsOfSend);
    const milliseconds = performance.now() - begun;
    const processorMs = (processorSeconds(host.pid) - usedBefore) * 1000;
    for (const messageId of sent) {
      const { delivered } = await host.statuses(messageId);
      if (delivered !== recipientsOfSend) throw new Error(`${delivered} of ${recipientsOfSend} are delivered`);
    }
    return {
      milliseconds,
      processorMs,
      peakMegabytes: peakMegabytes(host.pid),
      reportRows: await countReportRows(azurite.connectionString),
    };
  } finally {
    await host.stop();
    await carrier.stop();
    await azurite.stop();
  }
}

async function countReportRows(connectionString: string): Promise<number> {
  const table = TableClient.fromConnectionString(connectionString, 'messages', { allowInsecureConnection: true });
  let count = 0;
  for await (const { rowKey } of table.listEntities<object>({ queryOptions: { select: ['rowKey'] } })) {
    if (rowKey?.includes('.r') === true) count += 1;
  }
  return count;
}

async function bulkInMemory(sends: number): Promise<BulkRun> {
  const file = join(import.meta.dirname, 'memory-main.ts');
  const args = [String(sends), String(recipientsOfSend)];
  const child = await startChild(file, { args, nodeOptions: deploymentFlags });
  return JSON.parse(child.output) as BulkRun;
}
