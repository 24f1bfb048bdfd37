import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import type { CarrierProcess } from './carrier-process.ts';
import { createHttpClient } from './http-client.ts';
import type { ClientAnswer, HttpClient } from './http-client.ts';

/** A local host under load, with a client that has a token of the demo user. */
export interface BenchHost {
  pid: number;
  baseUrl: string;
  client: HttpClient;
  /** Sends a body through demo-oneway; throws unless it is accepted. */
  send(body: string): Promise<SentMessage>;
  /** How many recipients of a message have each status. */
  statuses(messageId: string): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

interface SentMessage {
  MessageId: string;
  Recipients: { Id: string }[];
}

const sending = { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json' };

/** Heap flags as the deployment sets them. */
export const deploymentFlags = ['--max-old-space-size=160', '--max-semi-space-size=8'];

export async function startBenchHost({
  storage,
  carrier,
  nodeOptions = [],
  environment = {},
}: {
  /** A connection string. */
  storage: string;
  carrier: CarrierProcess;
  nodeOptions?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}): Promise<BenchHost> {
  const host = await spawnLocalHost({
    environment: {
      AzureWebJobsStorage: storage,
      SIMULATED_CARRIER_URL: carrier.url,
      SIMULATED_CARRIER_KEY: carrier.apiKey,
      SIMULATED_CARRIER_SECRET: carrier.webhookSecret,
      NODE_OPTIONS: nodeOptions.join(' '),
      ...environment,
    },
  });
  const client = createHttpClient(host.baseUrl, { Authorization: `Bearer ${await tokenOf(host)}` });
  const post = (body: string): Promise<ClientAnswer> =>
    client.call({ method: 'POST', path: '/messages', headers: sending, body });
  return {
    pid: host.pid,
    baseUrl: host.baseUrl,
    client,
    async send(body) {
      const answer = await post(body);
      if (answer.status !== 200) throw new Error(`a send was answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body) as SentMessage;
    },
    async statuses(messageId) {
      const headers = { 'Customer-Id': 'demo' };
      const { body } = await client.call({ method: 'GET', path: `/messages/${messageId}`, headers });
      const { Recipients: recipients } = JSON.parse(body) as { Recipients: { Status: string }[] };
      return Object.fromEntries(
        [...Map.groupBy(recipients, ({ Status }) => Status)].map(([status, { length }]) => [status, length]),
      );
    },
    async stop() {
      client.close();
      await host.stop();
    },
  };
}

async function tokenOf({ rootUrl }: LocalHost): Promise<string> {
  const response = await fetch(`${rootUrl}/token`);
  return ((await response.json()) as { access_token: string }).access_token;
}

let phones = 0;

/** The body of a send to `recipients` phones, each a different one from call to call. */
export function sendBody(recipients: number, details: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    Sender: 'SmartDialog',
    Content: 'Hello from the bench: the order is ready to be fetched.',
    Protocol: 'SMS',
    Recipients: Array.from({ length: recipients }, () => ({ Address: `35840${1_000_000 + (phones++ % 8_000_000)}` })),
    ...details,
  });
}
