import { expect, test } from 'vitest';

import { receiveWebhook } from '../../../src/carriers/receive-webhook.ts';
import type { Carrier } from '../../../src/carriers/carrier.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { createMemoryTemplateStore } from '../../support/fakes/template-store.ts';
import { createTemplateRegistry } from '../../../src/templates/index.ts';
import type { TemplateStatusUpdate } from '../../../src/templates/index.ts';
import { createScriptedCarrier } from '../../support/labs/messaging.ts';
import { testCustomer, testNow } from '../../support/labs/kernel.ts';
import { storedTemplate } from '../../support/samples/templates.ts';

const later = new Date(testNow.getTime() + 60_000);
const approved: TemplateStatusUpdate = { identity: '358401000001', name: 'order_ready', status: 'approved' };

const directory = createMemoryDirectory({
  customers: [
    { ...testCustomer, services: [], whatsappIdentities: ['+358 40 100 0001', '358401000002'] },
    { ...testCustomer, id: 'other', services: [], whatsappIdentities: ['358401000003'] },
  ],
  users: [],
});

/** Creates a registry over a store with one pending template. Writes are counted. */
async function open() {
  const store = createMemoryTemplateStore();
  await store.create(storedTemplate({ carrierReference: 'carrier-1' }));
  let writes = 0;
  const templateStore: typeof store = {
    ...store,
    update(...given) {
      writes += 1;
      return store.update(...given);
    },
  };
  const registry = createTemplateRegistry({ directory, templates: { store: templateStore }, now: () => later });
  return {
    registry,
    record: (details: Partial<TemplateStatusUpdate> = {}) => registry.record({ ...approved, ...details }),
    stored: async () => (await store.read('demo', 'order_ready'))?.template,
    writes: () => writes,
  };
}

test('a status update is stored', async () => {
  const { record, stored } = await open();
  expect(await record()).toBe('recorded');
  expect(await stored()).toEqual(
    storedTemplate({ carrierReference: 'carrier-1', status: 'approved', updatedAt: later }),
  );
});

test('a rejection is stored with its reason, cut to the max length', async () => {
  const { record, stored } = await open();
  await record({ status: 'rejected', reason: `${'x'.repeat(999)}😀` });
  expect(await stored()).toEqual(
    storedTemplate({
      carrierReference: 'carrier-1',
      status: 'rejected',
      reason: `${'x'.repeat(999)}\ufffd`,
      updatedAt: later,
    }),
  );
});

test('a repeated status update is stored once; another one replaces it', async () => {
  const { record, stored, writes } = await open();
  const rejected = { status: 'rejected', reason: 'Why' } as const;
  expect([await record(rejected), await record(rejected), writes()]).toEqual(['recorded', 'recorded', 1]);
  await record();
  expect(await stored()).toEqual(
    storedTemplate({ carrierReference: 'carrier-1', status: 'approved', updatedAt: later }),
  );
});

test('the number of a status update may be written in any form', async () => {
  const { record } = await open();
  expect(await record({ identity: '+358 40 100 0001' })).toBe('recorded');
});

test.each([
  ['another name', { name: 'order_gone' }],
  ['another number of the customer', { identity: '358401000002' }],
  ['a number of another customer', { identity: '358401000003' }],
  ['a number of nobody', { identity: '358401000009' }],
  ['an invalid number', { identity: 'nobody' }],
])('%s is unknown, and nothing changes', async (_, details) => {
  const { record, stored, writes } = await open();
  expect(await record(details)).toBe('unknown');
  expect(writes()).toBe(0);
  expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1' }));
});

test('a webhook call stores status updates, and answers 200 for unknown templates too', async () => {
  const { registry, stored } = await open();
  const unknown: TemplateStatusUpdate = { identity: '358401000009', name: 'gone', status: 'rejected' };
  const carrier: Carrier = {
    ...createScriptedCarrier(),
    webhookMethods: ['POST'],
    receive: async () => ({
      reports: [],
      templates: [{ ...approved, status: 'rejected' }, unknown, approved],
      inbound: [],
    }),
  };
  const recorded: unknown[] = [];
  const deps = {
    reports: {
      async record(reports: readonly unknown[]) {
        recorded.push(...reports);
      },
    },
    templates: registry,
    inbound: { record: () => Promise.reject(new Error('nothing came')) },
    carriers: { ids: { find: async () => undefined } },
    now: () => testNow,
  };
  const call = { method: 'POST', url: 'http://127.0.0.1/webhooks/scripted', headers: new Headers(), body: null };
  expect(await receiveWebhook(carrier, call, deps)).toEqual({
    status: 200,
    reports: 0,
    templates: 3,
    unknownTemplates: ['358401000009/gone'],
  });
  expect((await stored())?.status).toBe('approved');
  expect(recorded).toEqual([]);
});

test('a status update in another language is about another template', async () => {
  const { record, stored, writes } = await open();
  expect(await record({ language: 'fi' })).toBe('unknown');
  expect(writes()).toBe(0);
  expect(await record({ language: 'en' })).toBe('recorded');
  expect((await stored())?.status).toBe('approved');
});
