import { describe, expect, test } from 'vitest';

import { routeInbound } from '../../../src/conversations/route-inbound.ts';
import {
  createBreaker,
  createInbound,
  directoryOf,
  inboundMessage,
  receivingService,
} from '../../support/labs/inbound.ts';
import { after } from '../../support/labs/kernel.ts';
import type { TestInbound } from '../../support/labs/inbound.ts';

const bytes = new Uint8Array([1, 2, 3]);
const attachment = {
  id: 'ab'.repeat(16),
  reference: 'r1',
  name: 'kuva.jpg',
  mimeType: 'image/jpeg',
  state: 'pending',
} as const;
const kept = inboundMessage({ attachments: [attachment] });
const earlier = inboundMessage({ id: `i${'0'.repeat(32)}`, at: after(-60_000) });

/** Sets up a conversation with an earlier message, and a message to route. Every port may break. */
async function breakableDeps(details: Partial<typeof kept> = {}) {
  const deps = createInbound((_, call) =>
    call === 1 ? { outcome: 'retry', reason: 'busy' } : { outcome: 'fetched', bytes, mimeType: 'image/jpeg' },
  );
  await deps.inbound.store.create(earlier);
  await routeInbound({ inboundId: earlier.id }, deps);
  deps.notified.splice(0);
  const message = { ...kept, ...details };
  await deps.inbound.store.create(message);
  deps.inbound.queue.jobs.push({ job: { inboundId: message.id }, delaySeconds: 0 });
  const breaker = createBreaker();
  const wrapped: TestInbound = {
    ...deps,
    inbound: {
      ...deps.inbound,
      store: breaker.wrap(deps.inbound.store),
      queue: breaker.wrap(deps.inbound.queue),
      notifier: breaker.wrap(deps.inbound.notifier),
    },

    threads: { ...deps.threads, store: breaker.wrap(deps.threads.store) },
    attachments: { ...deps.attachments, store: breaker.wrap(deps.attachments.store) },
    directory: breaker.wrap(deps.directory),
  };
  return { deps, wrapped, breaker, message };
}

/** Processes the queue as the functions host does: a job that rejects comes again. Returns how many rejected. */
async function workOff(deps: TestInbound): Promise<number> {
  let rejected = 0;
  for (let next = deps.inbound.queue.jobs.shift(); next !== undefined; next = deps.inbound.queue.jobs.shift()) {
    const { job } = next;
    await routeInbound(job, deps).catch(() => {
      rejected += 1;
      deps.inbound.queue.jobs.push({ job, delaySeconds: 60 });
    });
  }
  return rejected;
}

/** Lists the calls of a run in which nothing breaks; a worker may die at each of them. */
async function callsOf(details: Partial<typeof kept> = {}): Promise<string[]> {
  const { wrapped, breaker } = await breakableDeps(details);
  expect(await workOff(wrapped)).toBe(0);
  return breaker.calls.map(({ name }) => name);
}

const moments = ['before', 'after'] as const;

describe('a worker that dies', () => {
  test('at any call does not stop the message: it is routed once, and subscribers are notified', async () => {
    const names = await callsOf();
    const untilItWaits = ['read', 'enqueue', 'update'];
    const untilNotified = ['read', 'put', 'receivers', 'current', 'enter', 'update', 'notify'];
    expect(names).toEqual([...untilItWaits, ...untilNotified]);
    for (const [index, name] of names.entries()) {
      for (const moment of moments) {
        const { deps, wrapped, breaker, message } = await breakableDeps();
        breaker.breakCall(index + 1, moment);
        expect([name, moment, await workOff(wrapped)]).toEqual([name, moment, 1]);
        const found = (await deps.inbound.store.read(message.id))?.message;
        const { threadId } = (await deps.inbound.store.read(earlier.id))!.message;
        expect(found).toMatchObject({ state: 'routed', serviceId: 'rest', threadId });
        expect(found?.attachments).toEqual([{ ...attachment, state: 'stored' }]);
        expect((await deps.attachments.store.read(attachment.id))?.bytes).toEqual(bytes);
        expect(deps.notified).toEqual([found, ...deps.notified.slice(1).map(() => found)]);
        // If the answer of `enter` is lost, the call is not counted; the message is never added twice.
        const entered = breaker.calls.filter(({ answer }) => answer === 'done').length;
        expect(entered).toBe(name === 'enter' && moment === 'after' ? 0 : 1);
        const conversation = {
          customerId: 'demo',
          channel: 'SMS',
          address: kept.recipient,
          phone: kept.sender,
        } as const;
        expect(await deps.threads.store.threadOf(conversation, message.id)).toBe(threadId);
        expect(await deps.inbound.store.listUnrouted(10)).toEqual([]);
      }
    }
  });

  test('at any call does not lose an unrouted message: it is on the list', async () => {
    const nowhere = { recipient: '99999', attachments: [] };
    const names = await callsOf(nowhere);
    expect(names).toEqual(['read', 'receivers', 'recordUnrouted', 'update']);
    for (const [index, name] of names.entries()) {
      for (const moment of moments) {
        const { deps, wrapped, breaker, message } = await breakableDeps(nowhere);
        breaker.breakCall(index + 1, moment);
        expect([name, moment, await workOff(wrapped)]).toEqual([name, moment, 1]);
        expect((await deps.inbound.store.read(message.id))?.message).toEqual({ ...message, state: 'unrouted' });
        expect(await deps.inbound.store.listUnrouted(10)).toEqual([message.id]);
        expect(deps.notified).toEqual([]);
      }
    }
  });

  test('at any call of a reroute does not stop it: the message is routed and off the list', async () => {
    const fixedDirectory = directoryOf({ demo: [receivingService('new', [], { address: '99999' })] });
    const prepare = async () => {
      const set = await breakableDeps({ recipient: '99999', attachments: [] });
      await workOff(set.deps);
      set.deps.inbound.queue.jobs.push({ job: { inboundId: set.message.id, again: true }, delaySeconds: 0 });
      set.wrapped.directory = set.breaker.wrap(fixedDirectory);
      return set;
    };
    const unbroken = await prepare();
    await workOff(unbroken.wrapped);
    const names = unbroken.breaker.calls.map(({ name }) => name);
    expect(names).toEqual(['read', 'receivers', 'current', 'enter', 'update', 'notify', 'dropUnrouted']);
    for (const [index, name] of names.entries()) {
      for (const moment of moments) {
        const { deps, wrapped, breaker, message } = await prepare();
        breaker.breakCall(index + 1, moment);
        expect([name, moment, await workOff(wrapped)]).toEqual([name, moment, 1]);
        const found = (await deps.inbound.store.read(message.id))?.message;
        expect(found).toMatchObject({ state: 'routed', serviceId: 'new' });
        expect(deps.notified).toEqual([found, ...deps.notified.slice(1).map(() => found)]);
        expect(await deps.inbound.store.listUnrouted(10)).toEqual([]);
      }
    }
  });
});
