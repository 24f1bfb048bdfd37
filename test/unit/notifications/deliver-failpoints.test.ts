import { describe, expect, test } from 'vitest';

import { createNotificationLab, flowUrl, labMessage, labSubscription } from '../../support/labs/notification-lab.ts';
import { seededRandom } from '../../support/tools/random.ts';
import type { NotificationLab } from '../../support/labs/notification-lab.ts';
import type { Fault, FaultPlan } from '../../support/fakes/watched-port.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The fate of each flow's notification when nothing goes wrong. */
const expectedFates = {
  well: 'delivered',
  slow: 'delivered',
  busy: 'delivered',
  forgiven: 'delivered',
  dead: 'givenUp',
  broken: 'ended',
  gone: 'ended',
} as const;
const flows = Object.keys(expectedFates);
const lost = flows.filter((flow) => expectedFates[flow as keyof typeof expectedFates] !== 'delivered');

/** Delivers a message to flows of every kind. */
async function deliverToAll(faults?: FaultPlan) {
  const lab = createNotificationLab(faults === undefined ? {} : { faults });
  await lab.subscribe(...flows);
  lab.script('slow', () => ({ afterMs: 10 * second, answer: 202 }));
  lab.script('busy', (call) => (call < 3 ? 503 : 202));
  lab.script('forgiven', (call) => (call < 2 ? 404 : 202));
  lab.script('dead', () => 'fails');
  lab.script('broken', () => 400);
  lab.script('gone', () => 410);
  lab.tell(1);
  await lab.time.play(48 * hour);
  return lab;
}

const letterUrls = async (lab: NotificationLab): Promise<Set<string>> =>
  new Set((await lab.letters()).map(({ callbackUrl }) => callbackUrl));

/** Returns the fates; it makes no difference whether a notification was given up in the chunk or as a retry. */
async function coarseFates(lab: NotificationLab): Promise<Record<string, string>> {
  const fates = Object.entries(await lab.fates());
  const coarse = fates.map(([flow, fate]) => [flow, ['ended', 'givenUp'].includes(fate) ? 'given up' : fate] as const);
  return Object.fromEntries(coarse);
}

describe('a fault at any step', async () => {
  const { steps } = await deliverToAll();
  const faults: Fault[] = ['throws before', 'throws after', 'dies before', 'dies after'];

  test('is tried at more than 40 steps', () => {
    expect(steps.length).toBeGreaterThan(40);
  });

  test.each(faults)('loses no notification: %s', async (fault) => {
    const outcomes: unknown[] = [];
    for (const [index, step] of steps.entries()) {
      const lab = await deliverToAll((_, number) => (number === index + 1 ? fault : undefined));
      const letters = await letterUrls(lab);
      outcomes.push({
        step: `${index + 1}: ${step}`,
        fates: await coarseFates(lab),
        lettersMissing: lost.filter((flow) => !letters.has(flowUrl(flow))),
        // A crash may repeat a call once.
        calledTooOften: lab.callTimes('well').length > 2,
        queued: lab.time.queued(),
        gone: (await lab.subscription('gone'))?.state,
      });
    }
    const fates = Object.fromEntries(flows.map((flow) => [flow, lost.includes(flow) ? 'given up' : 'delivered']));
    const good = { fates, lettersMissing: [], calledTooOften: false, queued: [], gone: 'ended' };
    expect(outcomes).toEqual(steps.map((step, index) => ({ step: `${index + 1}: ${step}`, ...good })));
  });

  test('that concerns one flow does not repeat the calls to the others', async () => {
    const own = steps.flatMap((step, index) =>
      /^(?:subscriptions|deadLetters)\./.test(step) ? [{ step, at: index + 1 }] : [],
    );
    expect(own.map(({ step }) => step)).toEqual(expect.arrayContaining(['subscriptions.update', 'deadLetters.add']));
    const calls: unknown[] = [];
    for (const { step, at } of own) {
      const lab = await deliverToAll((_, number) => (number === at ? 'throws before' : undefined));
      calls.push([step, lab.callTimes('well').length]);
    }
    expect(calls).toEqual(own.map(({ step }) => [step, 1]));
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'two hours of failing storage and dying processes lose no notification: seed %d',
  async (seed) => {
    const random = seededRandom(seed);
    const possible: Fault[] = ['throws before', 'throws after', 'dies before', 'dies after'];
    const lab = await deliverToAll((step, _, at) => {
      if (at >= 2 * hour || random.below(12) > 0) return undefined;
      // Only an update can conflict.
      return random.pick(step.includes('.update') ? [...possible, 'conflicts'] : possible);
    });
    const fates = await lab.fates();
    const letters = await letterUrls(lab);
    expect(Object.keys(fates).toSorted()).toEqual(flows.toSorted());
    expect(flows.filter((flow) => fates[flow] !== 'delivered' && !letters.has(flowUrl(flow)))).toEqual([]);
    expect(Object.values(fates)).not.toContain('waiting');
    expect(lab.time.queued()).toEqual([]);
  },
);

describe('copies of a queue message', () => {
  test('deliver a chunk once', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('well', 'busy');
    lab.script('busy', (call) => (call < 4 ? 503 : 202));
    lab.tell(1, 1, 1);
    await lab.time.play(0);
    expect(lab.time.runs.map(({ result }) => (result as { result?: string }).result)).toEqual(
      expect.arrayContaining(['done', 'taken']),
    );
    // The jobs that found the chunk taken come again at the end of the lease, because its worker may die.
    const again = lab.time.queued().filter(({ queue }) => queue === 'notifications');
    expect(new Set(again.map(({ dueAt }) => dueAt))).toEqual(new Set([61 * second]));
    await lab.time.play();
    expect(lab.callTimes('well')).toEqual([0]);
    expect(lab.callTimes('busy')).toEqual([0, 5, 20, 80].map((seconds) => seconds * second));
    expect(lab.time.runs.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  test('deliver a retry notification once, whenever they come', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('busy');
    lab.script('busy', (call) => (call === 2 ? { afterMs: 10 * second, answer: 503 } : [503, 0, 202][call - 1]!));
    lab.tell(1);
    await lab.time.play(1 * second);
    const job = { inboundId: labMessage(1).id, subscriptionKey: labSubscription('busy').key };
    lab.time.enqueue('notification-retries', job);
    lab.time.enqueue('notification-retries', job, 4);
    lab.time.enqueue('notification-retries', job, 6);
    lab.time.enqueue('notification-retries', job, 10_000);
    await lab.time.play();
    expect(lab.callTimes('busy')).toEqual([0, 5 * second, 30 * second]);
    const results = lab.time.runs.map(({ result }) => (result as { result?: string } | undefined)?.result);
    expect(results).toEqual(expect.arrayContaining(['notDue', 'taken', 'underWay', 'delivered', 'nothingToDo']));
  });
});

describe('a worker that died', () => {
  test('has its chunk taken over when the lease ends, not before', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('well', 'slow');
    lab.script('slow', (call) => (call === 1 ? { afterMs: 30 * second, answer: 202 } : 202));
    lab.tell(1);
    await lab.time.play(1 * second);
    lab.kill();
    lab.time.enqueue('notifications', { inboundId: labMessage(1).id, chunk: 0 }, 57);
    await lab.time.play(60 * second);
    expect(lab.calls).toHaveLength(2);
    await lab.time.play();
    // The job at 58 s found the lease, and came again after it.
    expect(lab.callTimes('well')).toEqual([0, 61 * second]);
    expect(await lab.fates()).toEqual({ well: 'delivered', slow: 'delivered' });
  });

  test('has its retry notification taken over when the lease ends, not before', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('slow');
    lab.script('slow', (call) => (call === 1 ? 503 : call === 2 ? { afterMs: 30 * second, answer: 202 } : 202));
    lab.tell(1);
    await lab.time.play(6 * second);
    lab.kill();
    lab.time.enqueue('notification-retries', {
      inboundId: labMessage(1).id,
      subscriptionKey: labSubscription('slow').key,
    });
    await lab.time.play();
    expect(lab.callTimes('slow')).toEqual([0, 5 * second, 65 * second]);
    expect(await lab.fates()).toEqual({ slow: 'delivered' });
  });
});

describe('a conflict with another worker', () => {
  test.each([
    ['updateChunk', 1, 'taken', [61]],
    ['updateChunk', 2, `chunk 0 of ${labMessage(1).id} changed while it was leased`, [0, 60]],
    ['updateRetry', 1, 'taken', [0, 66]],
    ['updateRetry', 2, 'delivered', [0, 5]],
  ] as const)('leaves it to that worker: %s, conflict number %d', async (method, targetIndex, result, calledAt) => {
    let updates = 0;
    const lab = createNotificationLab({
      faults: (step) => {
        if (step === `notifications.${method}`) updates += 1;
        return step === `notifications.${method}` && updates === targetIndex ? 'conflicts' : undefined;
      },
    });
    await lab.subscribe('well');
    lab.script('well', (call) => (method === 'updateRetry' && call === 1 ? 503 : 202));
    lab.tell(1);
    await lab.time.play(5 * second);
    const run = lab.time.runs.at(-1);
    expect((run?.result as { result?: string } | undefined)?.result ?? run?.error?.message).toBe(result);
    await lab.time.play();
    expect(lab.callTimes('well')).toEqual(calledAt.map((seconds) => seconds * second));
    expect(lab.time.queued()).toEqual([]);
  });
});
