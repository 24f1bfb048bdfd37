import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, describe, expect, test } from 'vitest';

import type { DeadLetter, RetryNotification } from '../../../src/notifications/index.ts';
import { createTableDeadLetterStore } from '../../../src/storage/tables/dead-letter-store.ts';
import { createTableNotificationStore } from '../../../src/storage/tables/notification-store.ts';
import { eventually } from '../../support/tools/eventually.ts';
import { inboundIdIn, subscribe } from '../../support/servers/flow-server.ts';
import type { Flow, Registration } from '../../support/servers/flow-server.ts';
import type { TwoWayHost } from '../../support/hosts/two-way-host.ts';
import { startWebhookReceiver } from '../../support/servers/webhook-receiver.ts';

let local: TwoWayHost;

/** Waits until a retry notification has its final state. */
async function finalState(messageId: string, { id }: { id: string }): Promise<RetryNotification | undefined> {
  const notifications = createTableNotificationStore(local.storage);
  return eventually(
    async () => {
      const found = await notifications.readRetry(inboundIdIn(messageId), id.slice(0, 32));
      if (found === undefined || found.retry.state === 'waiting') throw new Error(`${found?.retry.attempts} calls`);
      return found.retry;
    },
    { timeoutMs: 60_000, everyMs: 100 },
  );
}

/** Waits until a message has `count` dead letters. */
async function deadLetters(inboundId: string, count: number): Promise<DeadLetter[]> {
  const store = createTableDeadLetterStore(local.storage);
  return eventually(
    async () => {
      const letters = (await store.list({ customerId: 'demo', limit: 1_000 })).filter(
        (letter) => letter.inboundId === inboundId,
      );
      expect(letters).toHaveLength(count);
      return letters;
    },
    { timeoutMs: 60_000, everyMs: 100 },
  );
}

/** Tests flows that answer late, wrongly or not at all. `host` is called when the tests run. */
export function testHabits(host: () => TwoWayHost): void {
  describe.concurrent('how flows answer', () => {
    beforeAll(() => {
      local = host();
    });

    test('a flow that fails five times gets the message with the sixth call', async () => {
      const line = local.newLine();
      const flow = local.flows.flow((index) => (index < 5 ? 500 : 200));
      const registration = await subscribe(local.api, line.service, flow);
      await local.play({ recipient: line.address, content: 'patience' });
      const { messageId } = await flow.notified('patience');
      expect(await finalState(messageId, registration)).toMatchObject({ state: 'delivered', attempts: 6 });
      expect(flow.calls).toHaveLength(6);
      // Every call has the same body, so that a flow can recognise a repeat.
      expect(new Set(flow.calls.map(({ body }) => Buffer.from(body).toString('utf8'))).size).toBe(1);
    });

    test('a flow that hangs does not delay another one', async () => {
      const line = local.newLine();
      const healthy = local.flows.flow();
      const hanging = local.flows.flow(() => new Promise(() => {}));
      await subscribe(local.api, line.service, hanging);
      await subscribe(local.api, line.service, healthy);
      const contents = Array.from({ length: 30 }, (_, index) => `number ${index}`);
      await Promise.all(contents.map((content) => local.play({ recipient: line.address, content })));
      await Promise.all(contents.map((content) => healthy.notified(content)));
      // None of its calls has ended yet, by an answer or by our timeout.
      expect(hanging.calls[0]?.waits).toBe(true);
      expect(hanging.calls.filter(({ waits }) => !waits)).toEqual([]);
      expect(healthy.calls).toHaveLength(30);
    });

    test('a late answer counts: the flow is called once', async () => {
      const line = local.newLine();
      const delays = [1_500, 3_000];
      const flows = delays.map((delay) => local.flows.flow(() => sleep(delay, 202)));
      const registrations: Registration[] = [];
      for (const flow of flows) registrations.push(await subscribe(local.api, line.service, flow));
      await local.play({ recipient: line.address, content: 'late' });
      const [first] = await Promise.all(flows.map((flow) => flow.notified('late')));
      const messageId = first?.messageId ?? '';
      expect(await local.subscribersTold(messageId)).toBe(2);
      // After two seconds no worker waits for the answer, but it is recorded when it comes.
      expect(await finalState(messageId, registrations[1]!)).toMatchObject({ state: 'delivered', attempts: 1 });
      expect(flows.map(({ calls }) => calls.map(({ waits }) => waits))).toEqual([[false], [false]]);
    });

    test('a flow that drops the connection is called once more', async () => {
      const line = local.newLine();
      const flow = local.flows.flow((index) => (index === 0 ? 'drop' : 202));
      const registration = await subscribe(local.api, line.service, flow);
      await local.play({ recipient: line.address, content: 'dropped' });
      const { messageId } = await flow.notified('dropped');
      expect(await finalState(messageId, registration)).toMatchObject({ state: 'delivered', attempts: 2 });
      expect(flow.calls).toHaveLength(2);
    });

    test('410 ends a subscription: its message is a dead letter, and no further one comes', async () => {
      const line = local.newLine();
      const [flow, witness] = [local.flows.flow(() => 410), local.flows.flow()];
      const { id, location } = await subscribe(local.api, line.service, flow);
      await subscribe(local.api, line.service, witness);
      await local.play({ recipient: line.address, content: 'first' });
      const inboundId = inboundIdIn((await witness.notified('first')).messageId);
      const [letter] = await deadLetters(inboundId, 1);
      expect(letter).toEqual({
        ...lettered(flow, { inboundId, service: line.service }),
        pipelineId: location.split('/').at(-3),
        subscriptionKey: id.slice(0, 32),
        reason: 'the subscription has ended',
        lastAnswer: { status: 410, detail: 'answered 410', at: expect.any(Date) as Date },
      });
      await local.play({ recipient: line.address, content: 'second' });
      expect(await local.subscribersTold((await witness.notified('second')).messageId)).toBe(1);
      expect(flow.calls).toHaveLength(1);
      // Subscribing again makes the flow active again.
      await subscribe(local.api, line.service, flow);
      await local.play({ recipient: line.address, content: 'third' });
      expect(await local.subscribersTold((await witness.notified('third')).messageId)).toBe(2);
    });

    test('a redirect is never followed to another place, and makes a dead letter', async () => {
      const line = local.newLine();
      const trap = await startWebhookReceiver();
      const elsewhere = 'The host redirects to another host, port or scheme.';
      const changing = "The host redirects with status 302, which doesn't keep the request as it is.";
      const rows = [
        { status: 307, location: 'http://10.0.0.1/internal', detail: elsewhere },
        { status: 308, location: 'http://169.254.169.254/metadata/instance', detail: elsewhere },
        { status: 307, location: `${trap.url}/stolen`, detail: elsewhere },
        { status: 302, location: `${trap.url}/stolen`, detail: elsewhere },
        { status: 302, location: '/elsewhere', detail: changing },
      ];
      const flows = rows.map(({ status, location }) => local.flows.flow(() => ({ status, location })));
      const witness = local.flows.flow();
      for (const flow of [...flows, witness]) await subscribe(local.api, line.service, flow);
      await local.play({ recipient: line.address, content: 'redirected' });
      const inboundId = inboundIdIn((await witness.notified('redirected')).messageId);
      const letters = await deadLetters(inboundId, rows.length);
      const byUrl = new Map(letters.map((letter) => [letter.callbackUrl, letter]));
      expect(flows.map(({ callbackUrl }) => byUrl.get(callbackUrl))).toEqual(
        rows.map(({ detail }, index) => ({
          ...lettered(flows[index], { inboundId, service: line.service }),
          pipelineId: expect.any(String) as string,
          subscriptionKey: expect.any(String) as string,
          reason: 'another call would fail in the same way',
          lastAnswer: { detail, at: expect.any(Date) as Date },
        })),
      );
      expect(trap.calls).toEqual([]);
      expect(flows.map(({ calls }) => calls.length)).toEqual(rows.map(() => 1));
      // A redirect does not end the subscription: the flow is called for the next message.
      await local.play({ recipient: line.address, content: 'again' });
      expect(await local.subscribersTold((await witness.notified('again')).messageId)).toBe(rows.length + 1);
      expect(trap.calls).toEqual([]);
      await trap.stop();
    });
  });
}

/** The dead letter that a first call makes, with its flow and message. */
function lettered(flow: Flow | undefined, { inboundId, service }: { inboundId: string; service: string }) {
  return {
    id: expect.stringContaining(inboundId) as string,
    inboundId,
    customerId: 'demo',
    serviceId: service,
    callbackUrl: flow?.callbackUrl,
    payload: Buffer.from(flow?.calls[0]?.body ?? []).toString('utf8'),
    attempts: 1,
    since: expect.any(Date) as Date,
    givenUpAt: expect.any(Date) as Date,
  };
}
