import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { chunkStates } from '../../src/notifications/notification.ts';
import type {
  RetryNotification,
  RetryProgress,
  NotificationChunk,
  NotificationProgress,
  NotificationStore,
  Target,
} from '../../src/notifications/index.ts';
import { allPages } from '../support/tools/all-pages.ts';

const at = new Date('2026-11-24T10:00:00.123Z');
const later = new Date('2026-11-24T10:02:00.000Z');
const version = expect.any(String) as string;

const newKey = (): string => randomBytes(16).toString('hex');
/** Makes the id of a message that no other test has. */
export const newInboundId = (): string => `i${newKey()}`;

const target = (details: Partial<Target> = {}): Target => ({
  pipelineId: 'ab'.repeat(16),
  key: newKey(),
  secret: newKey(),
  callbackUrl: 'https://example.com/hook?sig=a%2Fb&ä="😀"',
  httpVerb: 'POST',
  wasRefused: false,
  ...details,
});

/** Makes a chunk of a message that no other test has. */
function chunk(details: Partial<NotificationChunk> = {}): NotificationChunk {
  const targets = details.targets ?? [target()];
  return {
    inboundId: newInboundId(),
    index: 0,
    customerId: "a/b 'ä'",
    serviceId: 'demo-twoway',
    payload: '{"Content":"Hyvää päivää 😀"}',
    targets,
    states: targets.map(() => 'waiting'),
    attempts: 0,
    ...details,
  };
}

/** Makes chunks of one message, in order. */
export const chunksOf = (inboundId: string, count: number): NotificationChunk[] =>
  Array.from({ length: count }, (_, index) => chunk({ inboundId, index }));

/** Makes a retry notification of a message that no other test has. */
export function retry(details: Partial<RetryNotification> = {}): RetryNotification {
  return {
    inboundId: newInboundId(),
    customerId: "a/b 'ä'",
    serviceId: 'demo-twoway',
    payload: '{"Content":"Hyvää päivää 😀"}',
    target: target(),
    state: 'waiting',
    since: at,
    attempts: 1,
    ...details,
  };
}

const retryProgress: RetryProgress = {
  state: 'givenUp',
  since: later,
  attempts: 7,
  lastAnswer: { status: 503, detail: 'Ei nyt: ”myöhemmin” 😀', at: later },
  leasedUntil: new Date('2026-11-24T10:03:00.000Z'),
  notBefore: new Date('2026-11-24T10:04:00.001Z'),
};

/** Tests what every store of notifications must do. */
export function notificationStoreContract(name: string, open: () => NotificationStore): void {
  describe(`chunks of notifications: ${name}`, () => {
    const store = open();

    async function created(details: Partial<NotificationChunk> = {}) {
      const wanted = chunk(details);
      expect(await store.createChunks([wanted])).toBe('created');
      return (await store.readChunk(wanted.inboundId, wanted.index))!;
    }

    test('a missing row is undefined, and can’t be changed', async () => {
      const missing = { chunk: chunk(), version: 'W/"1"' };
      const { inboundId } = missing.chunk;
      expect(await store.listChunks(inboundId)).toEqual([]);
      expect(await store.createChunks([])).toBe('created');
      expect(await store.readChunk(inboundId, 0)).toBeUndefined();
      expect(await store.readChunk("o'neill/#", 0)).toBeUndefined();
      expect(await store.updateChunk(missing, { states: ['ended'], attempts: 1 })).toBe('conflict');
      expect(await store.readChunk(inboundId, 0)).toBeUndefined();
    });

    test.each<[string, () => Partial<NotificationChunk>]>([
      ['with nothing that may be missing', () => ({})],
      ['with all that may be missing', () => ({ leasedUntil: later, attempts: 3, index: 42 })],
      [
        'with every state, verb and flag',
        () => ({
          targets: [
            target(),
            target({ httpVerb: 'PUT' }),
            target({ httpVerb: 'PATCH', wasRefused: true }),
            target({ callbackUrl: '' }),
          ],
          states: chunkStates,
        }),
      ],
      ['without targets', () => ({ targets: [], states: [] })],
      [
        'for a hundred targets with the longest addresses, and a message of 60,000 characters',
        () => ({
          payload: JSON.stringify({ Content: 'ж'.repeat(60_000) }),
          targets: Array.from({ length: 100 }, () =>
            target({ callbackUrl: `https://example.com/${'ä'.repeat(1_980)}` }),
          ),
        }),
      ],
    ])('reads a chunk as it was created: %s', async (_, details) => {
      const wanted = chunk(details());
      expect(await store.createChunks([wanted])).toBe('created');
      expect(await store.readChunk(wanted.inboundId, wanted.index)).toEqual({ chunk: wanted, version });
      expect(await store.listChunks(wanted.inboundId)).toEqual([wanted]);
    });

    test('finds what waits by the time at which carriers got its message', async () => {
      const idAt = (time: number): string =>
        `i${newKey().slice(0, 2)}${time.toString(16).padStart(12, '0')}${newKey().slice(0, 18)}`;
      const from = Date.UTC(2033, 0, 1);
      const span = { from: new Date(from), to: new Date(from + 60_000) };
      const [inside, edge, outside] = [idAt(from), idAt(from + 59_999), idAt(from + 60_000)];
      const waiting = chunk({ inboundId: inside, leasedUntil: later });
      const [done, retried] = [chunk({ inboundId: edge }), retry({ inboundId: inside, notBefore: later })];
      for (const each of [waiting, done, chunk({ inboundId: outside })]) await store.createChunks([each]);
      await store.createRetries([
        retried,
        retry({ inboundId: inside, state: 'delivered' }),
        retry({ inboundId: outside }),
      ]);
      const found = await store.readChunk(edge, 0);
      await store.updateChunk(found!, { states: ['delivered'], attempts: 1 });
      expect(await allPages((page) => store.listWaiting(span, page))).toEqual([
        { job: { inboundId: inside, chunk: 0 }, leasedUntil: later },
        { job: { inboundId: inside, subscriptionKey: retried.target.key }, notBefore: later },
      ]);
    });

    test('reads 250 chunks in order, whatever order they were created in', async () => {
      const inboundId = newInboundId();
      const chunks = chunksOf(inboundId, 250);
      expect(await store.createChunks(chunks.toReversed())).toBe('created');
      expect(await store.listChunks(inboundId)).toEqual(chunks);
      expect((await store.readChunk(inboundId, 249))?.chunk).toEqual(chunks[249]);
    });

    test('writes more than 4 MiB of chunks completely', async () => {
      const inboundId = newInboundId();
      const payload = 'ж'.repeat(200_000);
      const chunks = chunksOf(inboundId, 12).map((each) => ({ ...each, payload }));
      expect(await store.createChunks(chunks)).toBe('created');
      expect(await store.listChunks(inboundId)).toEqual(chunks);
    });

    test('if the first chunk exists, changes and adds no chunk', async () => {
      const inboundId = newInboundId();
      const chunks = chunksOf(inboundId, 150);
      await store.createChunks(chunks.slice(0, 2));
      const changed = chunks.map((each) => ({ ...each, payload: 'Another' }));
      expect(await store.createChunks(changed)).toBe('exists');
      expect(await store.createChunks(changed.toReversed())).toBe('exists');
      expect(await store.listChunks(inboundId)).toEqual(chunks.slice(0, 2));
    });

    test('if the first chunk is new, adds the missing others and does not change those that exist', async () => {
      const inboundId = newInboundId();
      const chunks = chunksOf(inboundId, 150);
      for (const index of [3, 120]) await store.createChunks([chunks[index]!]);
      const changed = chunks.map((each) => ({ ...each, payload: 'Another' }));
      expect(await store.createChunks(changed)).toBe('created');
      expect(await store.listChunks(inboundId)).toEqual(
        changed.map((each, index) => (index === 3 || index === 120 ? chunks[index] : each)),
      );
    });

    test('one of many simultaneous creations wins', async () => {
      const chunks = chunksOf(newInboundId(), 3);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.createChunks(chunks)));
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(await store.listChunks(chunks[0]!.inboundId)).toEqual(chunks);
    });

    test('an update writes the whole progress, and only at the version that was read', async () => {
      const first = await created({ targets: [target(), target()] });
      const { inboundId, index } = first.chunk;
      const progress: NotificationProgress = { states: ['delivered', 'retried'], attempts: 1, leasedUntil: later };
      const second = await store.updateChunk(first, progress);
      expect(second).toEqual({ chunk: { ...first.chunk, ...progress }, version });
      expect(await store.updateChunk(first, { ...progress, attempts: 9 })).toBe('conflict');
      expect(await store.readChunk(inboundId, index)).toEqual(second);
      if (second === 'conflict') throw new Error('The version was right.');

      const released: NotificationProgress = { states: ['delivered', 'ended'], attempts: 2 };
      const more: NotificationChunk = { ...first.chunk, ...released, payload: 'Another' };
      const third = await store.updateChunk(second, more);
      expect(third).toEqual({ chunk: { ...first.chunk, ...released }, version });
      expect(await store.readChunk(inboundId, index)).toEqual(third);
    });

    test('one of many writers at one version wins', async () => {
      const first = await created();
      const progress: NotificationProgress = { states: ['delivered'], attempts: 1 };
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.updateChunk(first, progress)));
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });

    test('lists neither retry notifications nor other messages’ chunks among a message’s chunks', async () => {
      const first = await created();
      const { inboundId } = first.chunk;
      await created({ inboundId: `${inboundId}0` });
      await created();
      await store.createRetries([retry({ inboundId })]);
      expect(await store.listChunks(inboundId)).toEqual([first.chunk]);
      const [neighbour] = await store.listChunks(`${inboundId}0`);
      await store.updateChunk(first, { states: ['ended'], attempts: 1 });
      expect(await store.listChunks(`${inboundId}0`)).toEqual([neighbour]);
    });
  });

  describe(`retry notifications: ${name}`, () => {
    const store = open();

    async function created(details: Partial<RetryNotification> = {}) {
      const wanted = retry(details);
      await store.createRetries([wanted]);
      return (await store.readRetry(wanted.inboundId, wanted.target.key))!;
    }

    test('a missing row is undefined, and can’t be changed', async () => {
      const missing = { retry: retry(), version: 'W/"1"' };
      const { inboundId, target: own } = missing.retry;
      expect(await store.readRetry(inboundId, own.key)).toBeUndefined();
      expect(await store.readRetry(inboundId, "o'neill/#")).toBeUndefined();
      expect(await store.readRetry('ä?', own.key)).toBeUndefined();
      expect(await store.updateRetry(missing, retryProgress)).toBe('conflict');
      await store.createRetries([]);
      expect(await store.readRetry(inboundId, own.key)).toBeUndefined();
    });

    test.each<[string, () => Partial<RetryNotification>]>([
      ['with nothing that may be missing', () => ({})],
      ['with all that may be missing', () => retryProgress],
      ['whose last call had no answer', () => ({ lastAnswer: { detail: 'timeout', at }, state: 'delivered' })],
      [
        'with a message of 60,000 characters',
        () => ({
          payload: JSON.stringify({ Content: 'ж'.repeat(60_000) }),
          target: target({ httpVerb: 'PATCH', wasRefused: true, callbackUrl: 'ä'.repeat(2_000) }),
        }),
      ],
    ])('reads a retry notification as it was created: %s', async (_, details) => {
      const wanted = retry(details());
      await store.createRetries([wanted]);
      expect(await store.readRetry(wanted.inboundId, wanted.target.key)).toEqual({ retry: wanted, version });
    });

    test('adds more than a hundred at once, and does not change those that exist', async () => {
      const inboundId = newInboundId();
      const wanted = Array.from({ length: 130 }, () => retry({ inboundId }));
      const present = [wanted[1]!, wanted[120]!];
      await store.createRetries(present);
      await store.createRetries(wanted.map((each) => ({ ...each, payload: 'Another', attempts: 9 })));
      const read = await Promise.all(wanted.map((each) => store.readRetry(inboundId, each.target.key)));
      expect(read.map((found) => found?.retry)).toEqual(
        wanted.map((each) => (present.includes(each) ? each : { ...each, payload: 'Another', attempts: 9 })),
      );
      expect(await store.listChunks(inboundId)).toEqual([]);
    });

    test('adds the same ones once, even if added many times at once', async () => {
      const inboundId = newInboundId();
      const wanted = Array.from({ length: 5 }, () => retry({ inboundId }));
      await Promise.all(Array.from({ length: 20 }, () => store.createRetries(wanted)));
      const read = await Promise.all(wanted.map((each) => store.readRetry(inboundId, each.target.key)));
      expect(read.map((found) => found?.retry)).toEqual(wanted);
    });

    test('an update writes the whole progress, and only at the version that was read', async () => {
      const inboundId = newInboundId();
      const neighbour = await created({ inboundId });
      const first = await created({ inboundId });
      const { key } = first.retry.target;
      const second = await store.updateRetry(first, retryProgress);
      expect(second).toEqual({ retry: { ...first.retry, ...retryProgress }, version });
      expect(await store.updateRetry(first, { ...retryProgress, attempts: 9 })).toBe('conflict');
      expect(await store.readRetry(inboundId, key)).toEqual(second);
      if (second === 'conflict') throw new Error('The version was right.');

      const released: RetryProgress = { state: 'waiting', since: at, attempts: 8 };
      const more: RetryNotification = { ...first.retry, ...released, payload: 'Another' };
      const third = await store.updateRetry(second, more);
      expect(third).toEqual({ retry: { ...first.retry, ...released }, version });
      expect(await store.readRetry(inboundId, key)).toEqual(third);
      expect(await store.readRetry(inboundId, neighbour.retry.target.key)).toEqual(neighbour);
    });

    test('one of many writers at one version wins', async () => {
      const first = await created();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.updateRetry(first, retryProgress)));
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });
  });
}
