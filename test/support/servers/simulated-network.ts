import { onTestFinished } from 'vitest';
import { startSimulatedCarrier, type SimulatedCarrierOptions } from '../../../src/carriers/simulated/server.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

export const networkKey = 'key';
export const networkSecret = 'secret';

/** A delivery report as the simulated carrier writes it. */
interface WireReport {
  id: string;
  status: string;
  code?: string;
  message?: string;
  at: string;
}

/** A simulated carrier, spoken to over HTTP only. */
export interface Network {
  url: string;
  /** Hands messages in; what a message doesn't say is filled in. */
  submit(reportUrl: string, messages: readonly Record<string, unknown>[]): Promise<Response>;
  /** Has a phone write; what the message doesn't say is filled in. */
  write(message?: Readonly<Record<string, unknown>>): Promise<Response>;
  /** What `GET /messages` shows, with this query. */
  list(query?: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a simulated carrier that ends with the test, unless the test ends it earlier. */
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

/** What a submitted message says where a test doesn't care. */
export const plainMessage = {
  id: 'r1',
  messageId: 'm1',
  sender: 'Example',
  to: '358401230001',
  protocol: 'SMS',
  content: 'Hyvää päivää',
  parts: 1,
} as const;

/** What a phone writes where a test doesn't care. */
export const plainInbound = {
  sender: '358401230001',
  recipient: '16400',
  content: 'Hyvää päivää',
  protocol: 'SMS',
} as const;

const bodyOf = ({ body }: { body: Uint8Array }): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** The reports that a receiver got, call by call. */
export function reportCalls(receiver: WebhookReceiver): WireReport[][] {
  return receiver.calls.map((call) => (bodyOf(call) as { reports: WireReport[] }).reports);
}

/** What a receiver was told of phones' messages, call by call. */
export function inboundCalls(receiver: WebhookReceiver): Record<string, unknown>[][] {
  return receiver.calls.map((call) => (bodyOf(call) as { inbound: Record<string, unknown>[] }).inbound);
}
