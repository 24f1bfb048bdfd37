import { describe, expect, test } from 'vitest';

import { looks } from '../../../src/maintenance/requeue-stalled.ts';
import { acceptMessage } from '../../../src/messages/accept/accept-message.ts';
import { cancelMessage, foldMessage, messageLooks, sendOutboundChunk } from '../../../src/messages/index.ts';
import type { MessageSweepsDeps } from '../../../src/messages/index.ts';
import type { Look } from '../../../src/maintenance/sweep.ts';
import { createMemoryMessageStore } from '../../support/fakes/message-store.ts';
import { createMemorySweepPositions } from '../../support/fakes/sweep-positions.ts';
import { lookAfterWork } from '../../../src/maintenance/index.ts';
import { testNow } from '../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  preparedSend,
  sendRequest,
  sendingBy,
} from '../../support/labs/messaging.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Messages with a clock, a worker and the timer that looks after them. */
function createUpkeep() {
  let now = testNow;
  const store = createMemoryMessageStore();
  const carrier = createScriptedCarrier();
  const messaging = createMessaging();
  const deps = {
    ...messaging,
    ...sendingBy(carrier),
    messages: { ...messaging.messages, store, finders: [store], reportTimeoutSeconds: 48 * 3_600 },
    carrier,
    sweepPositions: createMemorySweepPositions(),
    repairAfterSeconds: 300,
    now: () => now,
  };
  const timer = lookAfterWork<MessageSweepsDeps & typeof deps>(messageLooks);
  return {
    deps,
    carrier,
    /** Lets so much time pass, and the timer run each minute. */
    async pass(time: number): Promise<void> {
      for (const end = now.getTime() + time; now.getTime() < end;) {
        now = new Date(Math.min(now.getTime() + minute, end));
        await timer.run(deps);
      }
    },
    run: () => timer.run(deps),
    skip: (time: number) => void (now = new Date(now.getTime() + time)),
    accept: (details: Parameters<typeof preparedSend>[1] = {}, request = {}) =>
      acceptMessage(sendRequest({ acceptedAt: now, ...request }), preparedSend(1, details), {}, deps),
    async work(): Promise<void> {
      for (const { job } of deps.messages.queue.jobs.splice(0)) await sendOutboundChunk.handle(job, deps);
    },
    statuses: async (id: string) => foldMessage((await store.readMessage(id))!).map(({ status }) => status),
  };
}

const lose = ({ deps }: ReturnType<typeof createUpkeep>) => deps.messages.queue.jobs.splice(0);

describe('a message that never reached the queue', () => {
  test('is queued after five minutes, once, and sent', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept();
    lose(upkeep);
    await upkeep.pass(4 * minute);
    expect(upkeep.deps.messages.queue.jobs).toEqual([]);
    await upkeep.pass(3 * minute);
    expect(upkeep.deps.messages.queue.jobs.map(({ job }) => job)).toContainEqual({ messageId, chunk: 0 });
    await upkeep.work();
    expect(upkeep.carrier.batches).toHaveLength(1);
    await upkeep.pass(2 * hour);
    expect(upkeep.deps.messages.queue.jobs).toEqual([]);
  });

  test('is queued again after an hour and after a day, where that was lost too', async () => {
    const upkeep = createUpkeep();
    await upkeep.accept();
    lose(upkeep);
    const queuedIn = async (time: number): Promise<boolean> => {
      await upkeep.pass(time);
      return lose(upkeep).length > 0;
    };
    expect(await queuedIn(10 * minute)).toBe(true);
    expect(await queuedIn(45 * minute)).toBe(false);
    expect(await queuedIn(20 * minute)).toBe(true);
    expect(await queuedIn(20 * hour)).toBe(false);
    expect(await queuedIn(10 * hour)).toBe(true);
  });

  test('is left alone while a worker has it or its next attempt is to come', async () => {
    for (const details of [
      { leasedUntil: new Date(testNow.getTime() + hour) },
      { notBefore: new Date(testNow.getTime() + hour) },
    ]) {
      const upkeep = createUpkeep();
      const { messageId } = await upkeep.accept();
      lose(upkeep);
      const found = await upkeep.deps.messages.store.readChunk(messageId, 0);
      await upkeep.deps.messages.store.updateChunk(found!, { ...found!.chunk, attempts: 1, ...details });
      await upkeep.pass(30 * minute);
      expect(upkeep.deps.messages.queue.jobs).toEqual([]);
    }
  });

  test('is not queued where it was never accepted: its header is missing', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept();
    lose(upkeep);
    const chunk = (await upkeep.deps.messages.store.readChunk(messageId, 0))!.chunk;
    const other = createUpkeep();
    await other.deps.messages.store.addChunks(messageId, [chunk]);
    await other.pass(10 * minute);
    expect(other.deps.messages.queue.jobs).toEqual([]);
  });

  test('is found after the timer did not run for a day', async () => {
    const upkeep = createUpkeep();
    await upkeep.pass(10 * minute);
    await upkeep.accept();
    lose(upkeep);
    upkeep.skip(day);
    await upkeep.run();
    expect(upkeep.deps.messages.queue.jobs.length).toBeGreaterThan(0);
  });
});

describe('a message that is scheduled', () => {
  test.each<[string, number]>([
    ['in a minute', minute],
    ['in a day', day],
    ['in two days', 2 * day],
    ['in a year', 365 * day],
  ])('%s is queued in time, and sent exactly once', async (_, ahead) => {
    const upkeep = createUpkeep();
    const sendAt = new Date(testNow.getTime() + ahead);
    const { messageId } = await upkeep.accept({ sendAt });
    expect(upkeep.deps.messages.queue.jobs).toHaveLength(ahead > day ? 0 : 1);
    // What happens before the day in question is nothing.
    if (ahead > 2 * day) {
      await upkeep.pass(hour);
      upkeep.skip(ahead - 2 * day - hour);
    }
    const hours = Math.min(ahead, 2 * day) / hour;
    const due: { at: number }[] = [];
    for (let step = 0; step < hours; step++) {
      await upkeep.pass(Math.min(hour, ahead));
      for (const { delaySeconds } of lose(upkeep)) {
        due.push({ at: upkeep.deps.now().getTime() + delaySeconds * second });
      }
    }
    expect(upkeep.carrier.batches).toEqual([]);
    expect(due.length).toBeGreaterThan(0);
    // Each of them stands on the queue until the very moment, or is behind it and finds it sent.
    for (const { at } of due) expect(Math.abs(at - sendAt.getTime())).toBeLessThanOrEqual(hour);
    expect(upkeep.deps.now().getTime()).toBeGreaterThanOrEqual(sendAt.getTime());
    for (const each of due) {
      void each;
      await sendOutboundChunk.handle({ messageId, chunk: 0 }, upkeep.deps);
    }
    expect(upkeep.carrier.batches).toHaveLength(1);
  });

  test('and cancelled is never sent', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept(
      { sendAt: new Date(testNow.getTime() + 3 * day) },
      { dlrUrl: 'https://a.example' },
    );
    expect(await cancelMessage(messageId, upkeep.deps)).toEqual({ outcome: 'done', canceled: 1, kept: 0 });
    expect(await cancelMessage(messageId, upkeep.deps)).toEqual({ outcome: 'done', canceled: 1, kept: 0 });
    await upkeep.pass(hour);
    upkeep.skip(3 * day);
    await upkeep.pass(hour);
    await upkeep.work();
    expect(upkeep.carrier.batches).toEqual([]);
    expect(await upkeep.statuses(messageId)).toEqual(['canceled']);
    expect(upkeep.deps.messages.finalStatuses.settled.map(({ status, code }) => [status, code])).toEqual([
      ['canceled', 'Canceled'],
      ['canceled', 'Canceled'],
    ]);
  });

  test('is not cancelled once it is being sent, nor one that never was scheduled', async () => {
    const upkeep = createUpkeep();
    const sendAt = new Date(testNow.getTime() + minute);
    const { messageId } = await upkeep.accept({ sendAt });
    upkeep.skip(minute);
    await upkeep.work();
    expect(await cancelMessage(messageId, upkeep.deps)).toEqual({ outcome: 'done', canceled: 0, kept: 1 });
    expect(await upkeep.statuses(messageId)).toEqual(['sent']);
    const { messageId: other } = await upkeep.accept();
    expect(await cancelMessage(other, upkeep.deps)).toEqual({ outcome: 'notScheduled' });
    for (const id of ['x', '0'.repeat(32), `${messageId}0`])
      expect(await cancelMessage(id, upkeep.deps)).toEqual({ outcome: 'missing' });
  });
});

describe('a recipient of whom no report comes', () => {
  test('is unknown after 48 hours, and who asked is told; a report still counts', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept({}, { dlrUrl: 'https://a.example' });
    await upkeep.work();
    await upkeep.pass(hour);
    upkeep.skip(46 * hour);
    await upkeep.pass(30 * minute);
    expect(await upkeep.statuses(messageId)).toEqual(['sent']);
    await upkeep.pass(hour);
    expect(await upkeep.statuses(messageId)).toEqual(['unknown']);
    expect(upkeep.deps.messages.finalStatuses.settled.map(({ status, code }) => [status, code])).toEqual([
      ['unknown', 'NoReport'],
    ]);
    const at = upkeep.deps.now();
    await upkeep.deps.messages.store.appendReports(messageId, [
      { chunk: 0, recipientIndex: 0, status: 'delivered', at },
    ]);
    expect(await upkeep.statuses(messageId)).toEqual(['delivered']);
    await upkeep.pass(day);
    expect(upkeep.deps.messages.finalStatuses.settled).toHaveLength(1);
  });

  test('has its time from when it was sent, where that was long after it was due', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept();
    await upkeep.run();
    upkeep.skip(20 * hour);
    await upkeep.work();
    for (const [time, status] of [
      [40 * hour, 'sent'],
      [7 * day, 'unknown'],
    ] as const) {
      upkeep.skip(time);
      await upkeep.pass(2 * hour);
      expect(await upkeep.statuses(messageId)).toEqual([status]);
    }
  });

  test('is left as it is where one came', async () => {
    const upkeep = createUpkeep();
    const { messageId } = await upkeep.accept();
    await upkeep.work();
    await upkeep.deps.messages.store.appendReports(messageId, [
      { chunk: 0, recipientIndex: 0, status: 'expired', at: testNow },
    ]);
    upkeep.skip(50 * hour);
    await upkeep.run();
    expect(await upkeep.statuses(messageId)).toEqual(['expired']);
  });
});

describe('the timer', () => {
  test('is told of a look that fails, and does the others', async () => {
    const steps: string[] = [];
    const look = (name: string, fails = false): Look<ReturnType<typeof createUpkeep>['deps']> => ({
      name,
      ageSeconds: () => 60,
      everySeconds: () => 60,
      async step() {
        steps.push(name);
        if (fails) throw new Error('storage is away');
        return { done: 2 };
      },
    });
    const { deps } = createUpkeep();
    const result = await lookAfterWork([look('a'), look('b', true), look('c')]).run(deps);
    expect(steps).toEqual(['a', 'b', 'c']);
    expect(result).toMatchObject({ done: { a: 2, c: 2 }, failures: 1, error: new Error('the look b failed') });
  });

  test('goes on where it stopped, page by page, and looks at no time twice but for a minute', async () => {
    const { deps } = createUpkeep();
    let now = testNow;
    const spans: [string, string, string | undefined][] = [];
    const look: Look<typeof deps> = {
      name: 'paged',
      ageSeconds: () => 60,
      everySeconds: () => 60,
      async step({ span: { from, to }, from: page }) {
        spans.push([from.toISOString().slice(11, 19), to.toISOString().slice(11, 19), page]);
        return page === undefined ? { done: 0, next: 'more' } : { done: 0 };
      },
    };
    const moving = { ...deps, now: () => now };
    await lookAfterWork([look]).run(moving);
    now = new Date(testNow.getTime() + 30 * second);
    await lookAfterWork([look]).run(moving);
    now = new Date(testNow.getTime() + 60 * second);
    await lookAfterWork([look]).run(moving);
    expect(spans).toEqual([
      ['09:59:00', '09:59:00', undefined],
      ['09:59:00', '09:59:00', 'more'],
      ['09:58:00', '10:00:00', undefined],
      ['09:58:00', '10:00:00', 'more'],
    ]);
  });

  test('looks in each place by itself, and goes on from the page that failed', async () => {
    const { deps } = createUpkeep();
    let isAway = true;
    const pages: string[] = [];
    const look: Look<typeof deps> = {
      name: 'spread',
      ageSeconds: () => 60,
      everySeconds: () => 60,
      accounts: () => 2,
      async step({ from = 'first', account }) {
        pages.push(`${account} ${from}`);
        if (account === 0 && from === 'second' && isAway) throw new Error('storage is away');
        return from === 'first' ? { done: 1, next: 'second' } : { done: 1 };
      },
    };
    const timer = lookAfterWork([look]);
    expect(await timer.run(deps)).toMatchObject({
      done: { spread: 1, 'spread-at-1': 2 },
      unfinished: ['spread'],
      failures: 1,
    });
    // It failed where it began this time, so the span begins anew.
    await timer.run(deps);
    isAway = false;
    await timer.run({ ...deps, now: () => new Date(testNow.getTime() + 30 * second) });
    expect(pages.slice(0, 5)).toEqual(['0 first', '0 second', '1 first', '1 second', '0 second']);
    expect(new Set(pages.slice(5))).toEqual(new Set(['0 first', '0 second']));
  });

  test('has a name of its own for how far each look got', () => {
    const names = looks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
