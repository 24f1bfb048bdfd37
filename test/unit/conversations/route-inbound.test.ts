import { describe, expect, test } from 'vitest';

import { enterThread } from '../../../src/conversations/enter-thread.ts';
import { giveUpInboundMessage, routeInboundMessage } from '../../../src/conversations/index.ts';
import type { InboundMessage } from '../../../src/conversations/index.ts';
import { routeInbound } from '../../../src/conversations/route-inbound.ts';
import { workers } from '../../../src/workers.ts';
import {
  createBreaker,
  createInbound,
  directoryOf,
  inboundMessage,
  ourAddress,
  phone,
  receivingService,
} from '../../support/labs/inbound.ts';
import { after } from '../../support/labs/kernel.ts';

const threadId = expect.stringMatching(/^[0-9a-f]{44}$/) as string;

/** Stores a message, and sets up its routing. */
async function keptMessage(details: Partial<InboundMessage> = {}) {
  const deps = createInbound();
  const message = inboundMessage(details);
  await deps.inbound.store.create(message);
  return {
    deps,
    message,
    route: (again?: true) => routeInbound({ inboundId: message.id, ...(again === undefined ? {} : { again }) }, deps),
    read: async () => (await deps.inbound.store.read(message.id))?.message,
    unrouted: () => deps.inbound.store.listUnrouted(10),
  };
}

describe('a message that a service matches', () => {
  test.each([
    ['INFO please', { serviceId: 'info', keyword: 'Info' }],
    ['Hei!', { serviceId: 'rest' }],
    ['', { serviceId: 'rest' }],
  ])('is routed with the text %j, and subscribers are notified', async (content, where) => {
    const { deps, message, route, read, unrouted } = await keptMessage({ content });
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    const routed = { ...message, state: 'routed', customerId: 'demo', threadId, ...where };
    expect(await read()).toEqual(routed);
    expect(deps.notified).toEqual([await read()]);
    const conversation = { customerId: 'demo', channel: 'SMS', address: ourAddress, phone } as const;
    const found = (await deps.threads.store.current(conversation))?.current;
    expect(found).toEqual({
      threadId: (await read())?.threadId,
      lastActiveAt: message.at,
      lastReceivedAt: message.at,
    });
    expect(await deps.threads.store.read(found!.threadId)).toMatchObject({
      ...conversation,
      serviceId: where.serviceId,
    });
    expect(await unrouted()).toEqual([]);
    expect(deps.inbound.queue.jobs).toEqual([]);
  });

  test('is recorded as routed before subscribers are notified', async () => {
    const { deps, message, read } = await keptMessage();
    let recorded: InboundMessage | undefined;
    const notifier = {
      async notify() {
        recorded = await read();
        return 1;
      },
    };
    await routeInbound({ inboundId: message.id }, { ...deps, inbound: { ...deps.inbound, notifier } });
    expect(recorded).toEqual({ ...message, state: 'routed', customerId: 'demo', serviceId: 'rest', threadId });
  });

  test('answers our last message in its thread', async () => {
    const { deps, route, read } = await keptMessage();
    const conversation = { customerId: 'demo', channel: 'SMS', address: ourAddress, phone } as const;
    const entry = { id: 'm1-00000', direction: 'out', messageId: 'm1', at: after(-5_000) } as const;
    const sent = await enterThread(conversation, { entry, serviceId: 'oneway' }, deps);
    await route();
    expect(await read()).toMatchObject({ threadId: sent.threadId, parentMessageId: 'm1' });
    expect(deps.notified[0]).toMatchObject({ threadId: sent.threadId, parentMessageId: 'm1' });
  });

  test('shares its thread with SMS and MMS of its phone, but not with WhatsApp or another phone', async () => {
    const deps = createInbound();
    const variants: Partial<InboundMessage>[] = [
      { protocol: 'SMS' },
      { protocol: 'MMS' },
      { protocol: 'WhatsApp' },
      { protocol: 'SMS', sender: '358409999999' },
    ];
    for (const [index, details] of variants.entries()) {
      const message = inboundMessage({ id: `i${String(index).repeat(32)}`, ...details });
      await deps.inbound.store.create(message);
      await routeInbound({ inboundId: message.id }, deps);
    }
    const [sms, mms, ...others] = deps.notified.map((message) => message.threadId);
    expect(mms).toBe(sms);
    expect(new Set([sms, ...others]).size).toBe(3);
    expect(deps.notified.map(({ serviceId }) => serviceId)).toEqual(['rest', 'rest', 'whatsapp', 'rest']);
  });

  test('belongs to only one customer if two share the address', async () => {
    const deps = createInbound();
    deps.directory = directoryOf({ a: [receivingService('a', ['A'])], b: [receivingService('b', ['B'])] });
    for (const content of ['A', 'B']) {
      const message = inboundMessage({ id: `i${content.toLowerCase().repeat(32)}`, content });
      await deps.inbound.store.create(message);
      await routeInbound({ inboundId: message.id }, deps);
    }
    const [a, b] = deps.notified;
    expect([a?.customerId, a?.serviceId, b?.customerId, b?.serviceId]).toEqual(['a', 'a', 'b', 'b']);
    expect(a?.threadId).not.toBe(b?.threadId);
  });

  test('subscribers are notified again if its job comes again, and nothing else changes', async () => {
    const { deps, route, read } = await keptMessage();
    await route();
    const routed = await read();
    deps.directory = directoryOf({});
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(await read()).toEqual(routed);
    expect(deps.notified).toEqual([routed, routed]);
  });
});

describe('a message that no service matches', () => {
  const elsewhere = { recipient: '99999' };

  test('is stored, and listed as unrouted', async () => {
    const { deps, message, route, read, unrouted } = await keptMessage(elsewhere);
    expect(await route()).toEqual({ result: 'unrouted' });
    expect(await read()).toEqual({ ...message, state: 'unrouted' });
    expect(await unrouted()).toEqual([message.id]);
    expect(deps.notified).toEqual([]);
    expect(
      await deps.threads.store.current({ customerId: 'demo', channel: 'SMS', address: '99999', phone }),
    ).toBeUndefined();
  });

  test('is not touched if its job comes again, even if a service matches now', async () => {
    const { deps, message, route, read } = await keptMessage(elsewhere);
    await route();
    deps.directory = directoryOf({ demo: [receivingService('new', [], { address: '99999' })] });
    expect(await route()).toEqual({ result: 'nothingToDo' });
    expect(await read()).toEqual({ ...message, state: 'unrouted' });
    expect(deps.notified).toEqual([]);
  });

  test('is routed and off the list when the operator reroutes it', async () => {
    const { deps, message, route, read, unrouted } = await keptMessage(elsewhere);
    await route();
    deps.directory = directoryOf({ demo: [receivingService('new', [], { address: '99999' })] });
    expect(await route(true)).toEqual({ result: 'notified', subscribers: 2 });
    expect(await read()).toEqual({ ...message, state: 'routed', customerId: 'demo', serviceId: 'new', threadId });
    expect(deps.notified).toEqual([await read()]);
    expect(await unrouted()).toEqual([]);
  });

  test('stays on the list if still no service matches', async () => {
    const { message, route, read, unrouted } = await keptMessage(elsewhere);
    await route();
    expect(await route(true)).toEqual({ result: 'unrouted' });
    expect(await read()).toEqual({ ...message, state: 'unrouted' });
    expect(await unrouted()).toEqual([message.id]);
  });
});

describe('a job', () => {
  test('does nothing if its message does not exist', async () => {
    const deps = createInbound();
    expect(await routeInbound({ inboundId: `i${'0'.repeat(32)}` }, deps)).toEqual({ result: 'missing' });
    expect(deps.notified).toEqual([]);
  });

  test.each([ourAddress, '99999'])('rejects, to come again, if its copy is faster: to %s', async (recipient) => {
    const { deps, message } = await keptMessage({ recipient });
    const inbound = { ...deps.inbound.store, update: async () => 'conflict' as const };
    await expect(
      routeInbound({ inboundId: message.id }, { ...deps, inbound: { ...deps.inbound, store: inbound } }),
    ).rejects.toThrow(`${message.id} was changed by another worker`);
    expect(deps.notified).toEqual([]);
  });

  test('that runs ten times at once uses one thread, and the others come again', async () => {
    const { deps, route, read } = await keptMessage();
    const breaker = createBreaker();
    deps.threads.store = breaker.wrap(deps.threads.store);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => route()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await route()).toEqual({ result: 'notified', subscribers: 2 });
    expect(new Set(deps.notified.map((message) => message.threadId))).toEqual(new Set([(await read())?.threadId]));
    expect(breaker.calls.filter(({ answer }) => answer === 'done')).toHaveLength(1);
  });
});

describe('the inbound workers', () => {
  const id = `i${'1'.repeat(32)}`;

  test('are registered', () => {
    expect(workers).toEqual(expect.arrayContaining([routeInboundMessage, giveUpInboundMessage]));
    expect([routeInboundMessage.queue, giveUpInboundMessage.queue]).toEqual(['inbound', 'inbound-poison']);
  });

  test('route a message, and reroute it only if the job says so', async () => {
    const { deps, message, route } = await keptMessage({ recipient: '99999' });
    await route();
    deps.directory = directoryOf({ demo: [receivingService('new', [], { address: '99999' })] });
    const job = { inboundId: message.id };
    for (const odd of [{}, { again: false }, { again: 'true' }, { again: 1 }, { again: null }]) {
      expect(await routeInboundMessage.handle({ ...job, ...odd }, deps)).toEqual({ ...job, result: 'nothingToDo' });
    }
    expect(await routeInboundMessage.handle({ ...job, again: true }, deps)).toEqual({
      ...job,
      again: true,
      result: 'notified',
      subscribers: 2,
    });
  });

  const noJobs = [null, undefined, 'x', 7, [], {}, { inboundId: 7 }, { inboundId: '' }, { inboundId: `${id}0` }];

  test.each(noJobs)('refuse %j', async (message) => {
    const deps = createInbound();
    await expect(routeInboundMessage.handle(message, deps)).rejects.toThrow('not a job for the inbound queue');
    expect(await giveUpInboundMessage.handle(message, deps)).toEqual({
      result: 'notAJob',
      error: new Error('a poison message is not a job of ours'),
    });
    expect(await deps.inbound.store.listUnrouted(10)).toEqual([]);
  });

  const failing = (deps: Awaited<ReturnType<typeof keptMessage>>['deps']) => ({
    ...deps,
    inbound: { ...deps.inbound, notifier: { notify: () => Promise.reject(new Error('the notifier is down')) } },
  });

  test('route a poison message if only its workers had died', async () => {
    const { deps, message, unrouted } = await keptMessage();
    const job = { inboundId: message.id };
    expect(await giveUpInboundMessage.handle(job, deps)).toEqual({ ...job, result: 'notified', subscribers: 2 });
    expect(await unrouted()).toEqual([]);
  });

  test('list a message as unrouted if routing fails, and an operator can reroute it', async () => {
    const { deps, message, route, unrouted } = await keptMessage();
    const job = { inboundId: message.id };
    const error = new Error('the notifier is down');
    expect(await giveUpInboundMessage.handle(job, failing(deps))).toEqual({ ...job, result: 'givenUp', error });
    expect(await unrouted()).toEqual([message.id]);
    expect(await route(true)).toEqual({ result: 'notified', subscribers: 2 });
    expect(await unrouted()).toEqual([]);
    expect(deps.notified).toHaveLength(1);
  });

  test('list nothing for a message that does not exist', async () => {
    const deps = createInbound();
    expect(await giveUpInboundMessage.handle({ inboundId: id }, deps)).toEqual({ inboundId: id, result: 'missing' });
    expect(await deps.inbound.store.listUnrouted(10)).toEqual([]);
  });
});
