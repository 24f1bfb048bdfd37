import { join } from 'node:path';

import { startChild } from './child-process.ts';
import { createHttpClient } from './http-client.ts';

/** The progress of a carrier for load. */
export interface CarrierState {
  /** How many reports the client has confirmed, and in how many calls. */
  reports: number;
  calls: number;
  /** Seconds of processor time. */
  processor: number;
}

/** A carrier for load, in a process of its own. */
export interface CarrierProcess {
  url: string;
  apiKey: string;
  webhookSecret: string;
  /** Resolves when `atLeast` reports in all are confirmed; their recipients then have a final status. */
  reported(atLeast: number): Promise<CarrierState>;
  stop(): Promise<void>;
}

/** @param reportsPerCall the most reports in one call */
export async function startCarrierProcess(reportsPerCall: number): Promise<CarrierProcess> {
  const webhookSecret = 'bench-secret';
  const args = [webhookSecret, String(reportsPerCall)];
  const child = await startChild(join(import.meta.dirname, 'carrier-main.ts'), { args });
  const client = createHttpClient(child.output);
  return {
    url: child.output,
    apiKey: 'bench-key',
    webhookSecret,
    async reported(atLeast) {
      const { body } = await client.call({ method: 'GET', path: `/reported?atLeast=${atLeast}` });
      return JSON.parse(body) as CarrierState;
    },
    async stop() {
      client.close();
      await child.stop();
    },
  };
}
