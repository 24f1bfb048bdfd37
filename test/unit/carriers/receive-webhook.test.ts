import { describe, expect, test } from 'vitest';
import { WebhookRefused } from '../../../src/carriers/carrier.ts';
import type { Carrier, WebhookEvents } from '../../../src/carriers/carrier.ts';
import { receiveWebhook } from '../../../src/carriers/receive-webhook.ts';
import type { WebhookDeps } from '../../../src/carriers/receive-webhook.ts';
import type { InboundEvent } from '../../../src/conversations/index.ts';
import type { DeliveryReport } from '../../../src/messages/index.ts';
import type { TemplateStatusUpdate } from '../../../src/templates/index.ts';
import { ableCarrier } from '../../support/labs/messaging.ts';

const at = new Date('2026-11-23T10:00:00Z');
const messageId = 'ab'.repeat(16);
const report: DeliveryReport = { recipientId: `${messageId}-00000`, status: 'delivered', at };
const statusUpdate: TemplateStatusUpdate = { identity: '358401000001', name: 'order_ready', status: 'approved' };
const event: InboundEvent = {
  carrierMessageId: 'i1',
  sender: '358401230001',
  recipient: '16400',
  protocol: 'SMS',
  content: 'Hei',
  at,
  attachments: [],
};

const call = { method: 'POST', url: 'http://127.0.0.1/webhooks/scripted?a=1', headers: new Headers(), body: null };

function carrierOf(receive: () => WebhookEvents): Carrier {
  return {
    name: 'scripted',
    capabilities: ableCarrier,
    webhookMethods: ['POST'],
    send: () => Promise.resolve([]),
    receive: async () => receive(),
  };
}

/** Deps that record what they stored, once they are done. */
function createWebhookDeps() {
  const taken: unknown[] = [];
  const deps: WebhookDeps = {
    reports: {
      async record(reports) {
        await Promise.resolve();
        taken.push(['reports', reports]);
      },
    },
    templates: {
      async record(update) {
        await Promise.resolve();
        taken.push(['templates', update]);
        return 'recorded';
      },
    },
    inbound: {
      async record(carrier, events) {
        await Promise.resolve();
        taken.push(['inbound', carrier, events]);
        return events.map(({ carrierMessageId }) => `id of ${carrierMessageId}`);
      },
    },
    carriers: { ids: { find: async () => undefined } },
    now: () => at,
  };
  return { taken, deps };
}

test('stores reports, template status updates and inbound messages, in this order, before it answers', async () => {
  const { taken, deps } = createWebhookDeps();
  const other = { ...event, carrierMessageId: 'i2' };
  const carrier = carrierOf(() => ({ reports: [report], templates: [statusUpdate], inbound: [event, other] }));
  expect(await receiveWebhook(carrier, call, deps)).toEqual({
    status: 200,
    reports: 1,
    messageIds: [messageId],
    templates: 1,
    inbound: 2,
    inboundIds: ['id of i1', 'id of i2'],
  });
  expect(taken).toEqual([
    ['reports', [report]],
    ['templates', statusUpdate],
    ['inbound', 'scripted', [event, other]],
  ]);
});

test('stores no inbound messages if the call has none', async () => {
  const { taken, deps } = createWebhookDeps();
  const carrier = carrierOf(() => ({ reports: [report], templates: [], inbound: [] }));
  expect(await receiveWebhook(carrier, call, deps)).toEqual({
    status: 200,
    reports: 1,
    messageIds: [messageId],
  });
  expect(taken).toEqual([['reports', [report]]]);
});

test('the result names each message once, at most twenty, and no malformed ids', async () => {
  const { deps } = createWebhookDeps();
  const ids = Array.from({ length: 30 }, (_, index) => index.toString(16).padStart(32, '0'));
  const reports = [...ids, ...ids, '358401230001'].map((id) => ({ ...report, recipientId: `${id}-00000` }));
  const carrier = carrierOf(() => ({ reports, templates: [], inbound: [] }));
  expect(await receiveWebhook(carrier, call, deps)).toEqual({
    status: 200,
    reports: 61,
    messageIds: ids.slice(0, 20),
  });
});

test('rejects if an inbound message can not be stored', async () => {
  const { deps } = createWebhookDeps();
  const carrier = carrierOf(() => ({ reports: [], templates: [], inbound: [event] }));
  const failing = { ...deps, inbound: { record: () => Promise.reject(new Error('storage is away')) } };
  await expect(receiveWebhook(carrier, call, failing)).rejects.toThrow('storage is away');
});

test('stores nothing of a refused call', async () => {
  const { taken, deps } = createWebhookDeps();
  const carrier = carrierOf(() => {
    throw new WebhookRefused(400, 'inbound[0] has no sender');
  });
  expect(await receiveWebhook(carrier, call, deps)).toEqual({
    status: 400,
    reports: 0,
    reason: 'inbound[0] has no sender',
  });
  expect(taken).toEqual([]);
});

describe('reports that name only the carrier’s id', () => {
  const referenced = (reference: string, minutesAgo: number) => ({
    reference,
    status: 'delivered' as const,
    at: new Date(at.getTime() - minutesAgo * 60_000),
  });
  const known = { carrier: 'scripted', id: 'r1', value: report.recipientId, notedAt: at };
  const withIds = (deps: WebhookDeps): WebhookDeps => ({
    ...deps,
    carriers: {
      ids: { find: async (carrier, id) => (carrier === 'scripted' && id === 'r1' ? known : undefined) },
    },
  });
  const carrier = (...reports: ReturnType<typeof referenced>[]) =>
    carrierOf(() => ({ reports: [], referenced: reports, templates: [], inbound: [event] }));

  test('are recorded for the recipient to whom the id belongs', async () => {
    const { taken, deps } = createWebhookDeps();
    expect(await receiveWebhook(carrier(referenced('r1', 0)), call, withIds(deps))).toMatchObject({
      status: 200,
      reports: 1,
      messageIds: [messageId],
    });
    expect(taken[0]).toEqual(['reports', [report]]);
  });

  test('make the carrier call again if the id may still be stored; the other events are recorded first', async () => {
    const { taken, deps } = createWebhookDeps();
    const calls = receiveWebhook(carrier(referenced('r2', 59), referenced('r1', 0)), call, withIds(deps));
    await expect(calls).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(taken).toEqual([
      ['reports', [report]],
      ['inbound', 'scripted', [event]],
    ]);
  });

  test('count as foreign if the id is unknown after an hour', async () => {
    const { deps } = createWebhookDeps();
    expect(await receiveWebhook(carrier(referenced('r2', 61)), call, withIds(deps))).toMatchObject({
      status: 200,
      reports: 0,
      foreignReports: 1,
    });
  });
});

test('returns the answer that the carrier expects, with its status', async () => {
  const { deps } = createWebhookDeps();
  const answer = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'challenge' };
  const carrier = carrierOf(() => ({ reports: [], templates: [], inbound: [], answer }));
  expect(await receiveWebhook(carrier, call, deps)).toEqual({ status: 200, reports: 0, answer });
});

test('passes the query of the call unchanged', async () => {
  const { deps } = createWebhookDeps();
  let query = '';
  const carrier: Carrier = {
    ...carrierOf(() => ({ reports: [], templates: [], inbound: [] })),
    async receive(request) {
      query = request.query;
      return { reports: [], templates: [], inbound: [] };
    },
  };
  await receiveWebhook(carrier, { ...call, url: 'https://a.example/webhooks/x?b=%2B+%20&a=1' }, deps);
  expect(query).toBe('?b=%2B+%20&a=1');
});
