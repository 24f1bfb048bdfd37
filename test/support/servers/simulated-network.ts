import { onTestFinished } from 'vitest';
import { startSimulatedCarrier, type SimulatedCarrierOptions } from '../../../src/carriers/simulated/server.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

export const networkKey = 'key';
export const networkSecret = 'secret';

/** A delivery report in the simulated carrier's form. */
interface WireReport {
  id: string;
  status: string;
  code?: string;
  message?: string;
  at: string;
}

/** A simulated carrier that tests call over HTTP only. */
export interface Network {
  url: string;
  /** Submits messages; absent fields get defaults. */
  submit(reportUrl: string, messages: readonly Record<string, unknown>[]): Promise<Response>;
  /** Plays an inbound message; absent fields get defaults. */
  write(message?: Readonly<Record<string, unknown>>): Promise<Response>;
  /** Resolves to the list of `GET /messages` with this query. */
  list(query?: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a simulated carrier that stops with the test, or earlier if the test stops it. */
export async function startNetwork(options: Partial<SimulatedCarrierOptions> = {}): Promise<Network> {
  const carrier = await startSimulatedCarrier({
    port: 0,
    apiKey: networkKey,
    webhookSecret: networkSecret,
    latencyMs: 0,
    ...options,
  });
  let running = true;
  const stop = async (): Promise<void> => {
    if (!running) return;
    running = false;
    await carrier.stop();
  };
  onTestFinished(stop);
  return {
    url: carrier.url,
    submit: (reportUrl, messages) =>
      fetch(`${carrier.url}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${networkKey}` },
        body: JSON.stringify({ reportUrl, messages: messages.map((message) => ({ ...plainMessage, ...message })) }),
      }),
    write: (message = {}) =>
      fetch(`${carrier.url}/inbound`, { method: 'POST', body: JSON.stringify({ ...plainInbound, ...message }) }),
    async list(query = '') {
      const response = await fetch(`${carrier.url}/messages${query}`);
      return (await response.json()) as Record<string, unknown>[];
    },
    stop,
  };
}

/** The defaults of a submitted message. */
export const plainMessage = {
  id: 'r1',
  messageId: 'm1',
  sender: 'Example',
  to: '358401230001',
  protocol: 'SMS',
  content: 'Hyvää päivää',
  parts: 1,
} as const;

/** The defaults of an inbound message. */
export const plainInbound = {
  sender: '358401230001',
  recipient: '16400',
  content: 'Hyvää päivää',
  protocol: 'SMS',
} as const;

const bodyOf = ({ body }: { body: Uint8Array }): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** The reports that a receiver got, by call. */
export function reportCalls(receiver: WebhookReceiver): WireReport[][] {
  return receiver.calls.map((call) => (bodyOf(call) as { reports: WireReport[] }).reports);
}

/** The inbound messages that a receiver got, by call. */
export function inboundCalls(receiver: WebhookReceiver): Record<string, unknown>[][] {
  return receiver.calls.map((call) => (bodyOf(call) as { inbound: Record<string, unknown>[] }).inbound);
}
