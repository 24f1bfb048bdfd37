import { QueueClient } from '@azure/storage-queue';
import { expect, onTestFinished, test } from 'vitest';

import { startSimulatedCarrier } from '../../src/carriers/simulated/server.ts';
import { findFreePort } from '../../src/local/free-port.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { createApi } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { startFlowServer, subscribe } from '../support/servers/flow-server.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import { additionsTo, pollsOf, startStorageProxy } from '../support/servers/storage-proxy.ts';
import type { StorageProxy } from '../support/servers/storage-proxy.ts';
import { play } from '../support/hosts/two-way-host.ts';

test('messages in progress when the process is killed reach every subscription', async () => {
  const keep = <Piece extends { stop(): Promise<unknown> }>(piece: Piece): Piece => {
    onTestFinished(async () => void (await piece.stop()));
    return piece;
  };
  const azurite = keep(await startAzurite({}));
  const storage = keep(await startStorageProxy(azurite.connectionString));
  const port = await findFreePort();
  const secrets = { apiKey: 'key', webhookSecret: 'secret' };
  const inboundUrl = `http://127.0.0.1:${port}/api-integrations/v1/webhooks/simulated`;
  const carrier = keep(await startSimulatedCarrier({ port: 0, ...secrets, inboundUrl }));
  const flows = keep(await startFlowServer());
  const startHost = () =>
    spawnLocalHost({
      args: ['--memory', '--port', String(port)],
      environment: {
        AzureWebJobsStorage: storage.connectionString,
        SIMULATED_CARRIER_URL: carrier.url,
        SIMULATED_CARRIER_KEY: secrets.apiKey,
        SIMULATED_CARRIER_SECRET: secrets.webhookSecret,
      },
    });

  const first = await startHost();
  const api = await createApi(first);
  const subscribers = [flows.flow(), flows.flow(), flows.flow()];
  for (const flow of subscribers) await subscribe(api, 'demo-twoway', flow);
  const write = (content: string) => play(first, { recipient: '16400', content });

  const notifications = storage.hold(additionsTo('notifications'));
  await write('stored and routed, but nobody is told');
  await eventually(() => expect(notifications.count()).toBeGreaterThan(0));
  const taken = lastTaken(storage);

  const polls = storage.hold(pollsOf('inbound'));
  await eventually(() => expect(polls.count()).toBeGreaterThan(0));
  storage.reset();
  await write('stored and queued, but not taken');
  await eventually(() => expect(storage.operations().filter(additionsTo('inbound'))).toHaveLength(1));

  const additions = storage.hold(additionsTo('inbound'));
  await write('stored, but not queued');
  await eventually(() => expect(additions.count()).toBeGreaterThan(0));

  await first.stop('SIGKILL');
  storage.release();
  expect(subscribers.flatMap(({ calls }) => calls)).toEqual([]);
  // The queue returns a dead process's message after its visibility timeout; here at once.
  await new QueueClient(azurite.connectionString, 'inbound').updateMessage(taken.id, taken.receipt, undefined, 0);

  keep(await startHost());
  await eventually(
    () => {
      for (const flow of subscribers) {
        expect(new Set(flow.notifications().map(({ content }) => content))).toEqual(
          new Set([
            'stored and routed, but nobody is told',
            'stored and queued, but not taken',
            'stored, but not queued',
          ]),
        );
      }
    },
    { timeoutMs: 60_000 },
  );
}, 120_000);

/** Returns the message that was last received from the queue `inbound`. */
function lastTaken(storage: StorageProxy): { id: string; receipt: string } {
  const answer = storage.operations().findLast(pollsOf('inbound'))?.answer ?? '';
  const valueOf = (element: string): string => new RegExp(`<${element}>([^<]+)`).exec(answer)?.[1] ?? '';
  return { id: valueOf('MessageId'), receipt: valueOf('PopReceipt') };
}
