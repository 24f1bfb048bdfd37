import { describe, expect, test } from 'vitest';

import type {
  CarrierCapabilities,
  CarrierLimiter,
  PreparedSend,
  SendingRate,
  SendOutcome,
} from '../../../../src/messages/index.ts';
import { retryDelays } from '../../../../src/messages/deliver/retry-delays.ts';
import { createBreaker } from '../../../../src/policies/breaker.ts';
import { createCarrierLimiter } from '../../../../src/policies/carrier-limiter.ts';
import { createThrottle } from '../../../../src/policies/throttle.ts';
import { createMemoryPermitStore } from '../../../support/fakes/permit-store.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { createScriptedCarrier, everythingSent, takeJobs } from '../../../support/labs/messaging.ts';
import { acceptedMessage, outcomes, seconds } from '../../../support/labs/sending-lab.ts';

const { sent, down, throttled, lost, rejected, retry } = outcomes;

/** A carrier with that name that gives each recipient the same outcome. */
const carrierOf = (name: string, outcome: SendOutcome = sent, capabilities: Partial<CarrierCapabilities> = {}) => ({
  ...createScriptedCarrier(({ recipients }) => recipients.map(() => outcome), capabilities),
  name,
});

describe('the carrier of a chunk', () => {
  test('is the first that is set up, if the service names none', async () => {
    const [first, second] = [carrierOf('first'), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second]);
    await message.send();
    expect([first.batches.length, second.batches.length]).toEqual([1, 0]);
    expect((await message.read()).carrier).toBe('first');
  });

  test('is the first that the service names', async () => {
    const [first, second] = [carrierOf('first'), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second], { service: { carriers: ['gone', 'second', 'first'] } });
    await message.send();
    expect([first.batches.length, second.batches.length]).toEqual([0, 1]);
  });

  test.for<[string, Partial<CarrierCapabilities>]>([
    ['the protocol', { protocols: ['WhatsApp'] }],
    ['the kind of sender', { senderKinds: ['shortCode', 'longCode'] }],
  ])('is not one that lacks %s', async ([, capabilities]) => {
    const [first, second] = [carrierOf('first', sent, capabilities), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second]);
    await message.send();
    expect([first.batches.length, second.batches.length]).toEqual([0, 1]);
  });

  const template = { name: 't', language: 'en', headerParameters: [], bodyParameters: [], buttons: [] };
  test.for<[string, Partial<CarrierCapabilities>, Partial<PreparedSend>]>([
    ['templates', { sendsTemplates: false }, { template }],
    ['buttons', { sendsButtons: false }, { buttons: ['Yes'] }],
    ['the WhatsApp number', { whatsappNumbers: ['358401000002'] }, {}],
  ])('is, for WhatsApp, not one that lacks %s', async ([, capabilities, details]) => {
    const [first, second] = [carrierOf('first', sent, capabilities), carrierOf('second')];
    const prepared = { protocol: 'WhatsApp', sender: '358401000001', ...details } as const;
    const message = await acceptedMessage(1, [first, second], { prepared });
    await message.send();
    expect([first.batches.length, second.batches.length]).toEqual([0, 1]);
  });

  test('may lack what a WhatsApp message does not need', async () => {
    const plain = { sendsTemplates: false, sendsButtons: false };
    const [first, second] = [carrierOf('first', sent, plain), carrierOf('second')];
    const prepared = { protocol: 'WhatsApp', sender: '358401000001' } as const;
    await (await acceptedMessage(1, [first, second], { prepared })).send();
    expect([first.batches.length, second.batches.length]).toEqual([1, 0]);
    expect(first.batches[0]).not.toHaveProperty('buttons');
  });

  test('if missing, leaves time for an operator, then fails the message with a reason', async () => {
    const message = await acceptedMessage(2, [carrierOf('first')], { service: { carriers: ['another'] } });
    let now = testNow;
    for (const delay of retryDelays) {
      expect(await message.send()).toBe('notTried');
      expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: delay }]);
      now = new Date(now.getTime() + delay * 1000);
      message.setNow(now);
    }
    expect(await message.send()).toBe('notTried');
    const { statuses, notes } = await message.read();
    expect(statuses).toEqual(['failed', 'failed']);
    expect(notes.get(0)).toMatchObject({ code: 'NoCarrier', reason: 'carrierSettings' });
    expect(message.deps.messages.failures.counted).toHaveLength(2);
  });
});

describe('the next carrier', () => {
  test.for([
    ['can’t be reached', down],
    ['doesn’t know us', { ...retry, reason: 'carrierSettings' }],
  ] as const)('takes over in the same attempt if the first %s', async ([, outcome]) => {
    const [first, second] = [carrierOf('first', outcome), carrierOf('second')];
    const message = await acceptedMessage(2, [first, second]);
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['sent', 'sent']);
    expect([first.batches.length, second.batches.length]).toEqual([1, 1]);
    expect(await message.read()).toMatchObject({ attempts: 1, carrier: 'second' });
  });

  test.for([
    ['was refused for good', rejected],
    ['may have been sent', lost],
    ['is in doubt', outcomes.unknown],
    ['was refused for now', retry],
    ['met a carrier without room', throttled],
  ] as const)('does not get a recipient who %s', async ([, outcome]) => {
    const [first, second] = [carrierOf('first', outcome), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second]);
    await message.send();
    expect(second.batches).toEqual([]);
  });

  test('gets only the recipients whom the first can not take, slice by slice', async () => {
    const nonIdempotent = { idempotent: false, batchSize: 10 };
    const answers = [
      [...Array.from({ length: 9 }, () => sent), down],
      [down, sent],
    ];
    const first = { ...createScriptedCarrier((_, call) => answers[call - 1] ?? [], nonIdempotent), name: 'first' };
    const second = carrierOf('second', sent, nonIdempotent);
    const message = await acceptedMessage(12, [first, second]);
    expect(await message.send()).toBe('sent');
    expect(first.batches.map(({ recipients }) => recipients.length)).toEqual([10, 2]);
    expect(
      second.batches.flatMap(({ recipients }) => recipients.map(({ recipientId }) => recipientId.slice(-2))),
    ).toEqual(['09', '10']);
  });

  test('leaves the message for another attempt if it is unavailable too', async () => {
    const message = await acceptedMessage(1, [carrierOf('first', down), carrierOf('second', down)]);
    expect(await message.send()).toBe('partlySent');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: retryDelays[0] }]);
    expect((await message.read()).attempts).toBe(1);
  });
});

describe('a carrier without room', () => {
  test('is asked again without using up attempts, at delays that grow with the wait', async () => {
    const carrier = carrierOf('first', throttled);
    const message = await acceptedMessage(1, [carrier]);
    const delays: number[] = [];
    let now = testNow;
    for (let round = 0; round < 40; round++) {
      expect(await message.send()).toBe('partlySent');
      const [{ delaySeconds } = { delaySeconds: 0 }] = takeJobs(message.queue);
      delays.push(delaySeconds);
      now = new Date(now.getTime() + delaySeconds * 1000);
      message.setNow(now);
    }
    expect(delays.slice(0, 2)).toEqual([2, 2]);
    expect(delays).toEqual(delays.toSorted((left, right) => left - right));
    expect(delays.at(-1)).toBeGreaterThan(30);
    expect(await message.read()).toMatchObject({ attempts: 1, statuses: ['queued'] });
  });

  test('is asked again at the time that it names, also after a refusal', async () => {
    const later = { ...throttled, retryAfterSeconds: 45 };
    const message = await acceptedMessage(2, [
      createScriptedCarrier((_, call) => (call === 1 ? [sent, later] : [{ ...retry, retryAfterSeconds: 99 }])),
    ]);
    await message.send();
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 45 }]);
    message.setNow(seconds(45));
    await message.send();
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 99 }]);
    expect(await message.read()).toMatchObject({ attempts: 2, statuses: ['sent', 'queued'] });
  });

  test('is not asked for the other recipients of a chunk at once', async () => {
    const carrier = carrierOf('first', { ...throttled, retryAfterSeconds: 60 }, { idempotent: false, batchSize: 10 });
    const message = await acceptedMessage(100, [carrier, carrierOf('second')]);
    expect(await message.send()).toBe('partlySent');
    expect(carrier.batches).toHaveLength(1);
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 60 }]);
    expect(await message.read()).toMatchObject({ attempts: 1, carrier: 'first' });
  });

  test('uses up attempts after a day, so that the message ends', async () => {
    const message = await acceptedMessage(1, [carrierOf('first', throttled)]);
    let now = seconds(24 * 3_600 + 1);
    for (const delay of retryDelays) {
      message.setNow(now);
      await message.send();
      expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: delay }]);
      now = new Date(now.getTime() + delay * 1000);
    }
    message.setNow(now);
    await message.send();
    expect(await message.read()).toMatchObject({ statuses: ['failed'] });
  });
});

describe('the limiter', () => {
  const limiterThat = (...answers: [acquired: number, waitSeconds: number, isDown?: true][]): CarrierLimiter => ({
    acquire: async () => {
      const [acquired, waitSeconds, isDown = false] = answers.shift() ?? [100, 0];
      return { acquired, waitSeconds, isDown };
    },
    report: () => {},
  });

  test('without permits leaves the chunk as it is, and its job for later', async () => {
    const carrier = carrierOf('first');
    const message = await acceptedMessage(1, [carrier], { limiter: limiterThat([0, 17]) });
    const before = await message.read();
    expect(await message.send()).toBe('noRoom');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 17 }]);
    expect(await message.read()).toEqual(before);
    expect(carrier.batches).toEqual([]);
    expect(await message.send()).toBe('sent');
  });

  test('without permits for a busy carrier gives the chunk to no other carrier', async () => {
    const [first, second] = [carrierOf('first'), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second], { limiter: limiterThat([0, 17]) });
    expect(await message.send()).toBe('noRoom');
    expect([first.batches.length, second.batches.length]).toEqual([0, 0]);
  });

  test('without permits for an unavailable carrier gives the chunk to another carrier', async () => {
    const [first, second] = [carrierOf('first'), carrierOf('second')];
    const message = await acceptedMessage(1, [first, second], { limiter: limiterThat([0, 17, true]) });
    expect(await message.send()).toBe('sent');
    expect([first.batches.length, second.batches.length]).toEqual([0, 1]);
  });

  test('that gives some permits makes the other recipients wait, without using up an attempt', async () => {
    const carrier = createScriptedCarrier(everythingSent, { idempotent: false, batchSize: 10 });
    const message = await acceptedMessage(25, [carrier], { limiter: limiterThat([10, 0], [4, 0], [0, 30]) });
    expect(await message.send()).toBe('partlySent');
    expect(carrier.batches.map(({ recipients }) => recipients.length)).toEqual([10, 4]);
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 30 }]);
    const { attempts, notBefore, leasedUntil, inFlight } = await message.read();
    expect([attempts, notBefore, leasedUntil, inFlight]).toEqual([1, seconds(30), undefined, undefined]);
    message.setNow(seconds(30));
    expect(await message.send()).toBe('sent');
    expect((await message.read()).attempts).toBe(2);
  });

  test('that makes a message wait longer than a day uses up attempts, so that the message ends', async () => {
    const carrier = carrierOf('first');
    const always: CarrierLimiter = { acquire: async () => ({ acquired: 0, waitSeconds: 30 }), report: () => {} };
    const message = await acceptedMessage(1, [carrier], { limiter: always });
    let now = seconds(24 * 3_600 + 1);
    for (const delay of retryDelays) {
      message.setNow(now);
      expect(await message.send()).toBe('notTried');
      expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: delay }]);
      now = new Date(now.getTime() + delay * 1000);
    }
    message.setNow(now);
    await message.send();
    const { statuses, notes } = await message.read();
    expect([statuses, notes.get(0)?.code]).toEqual([['failed'], 'NoRoom']);
    expect(carrier.batches).toEqual([]);
  });

  function createLimiters(options: { rates?: ReadonlyMap<string, SendingRate> } = {}) {
    let now = testNow;
    const clock = (): Date => now;
    const store = createMemoryPermitStore();
    const newLimiter = () =>
      createCarrierLimiter({
        throttle: createThrottle({ store, now: clock, wait: () => new Promise(() => {}), random: () => 0.5 }),
        now: clock,
        ...options,
      });
    return { newLimiter, at: (count: number) => (now = seconds(count)) };
  }
  const some = (count: number, sender = 'Arena') => ({ sender, protocol: 'SMS', count }) as const;
  const perSender = { per: 'sender', perMinute: 60 } as const;

  test('gives the permits that a carrier’s rate allows, over all instances together', async () => {
    const { newLimiter, at } = createLimiters();
    const limiters = [newLimiter(), newLimiter()];
    const carrier = carrierOf('first', sent, { rates: [perSender] });
    let acquired = 0;
    let waited = 0;
    for (let round = 0; round < 12; round++) {
      const answer = await limiters[round % 2]?.acquire(carrier, some(10));
      acquired += answer?.acquired ?? 0;
      waited = Math.max(waited, answer?.waitSeconds ?? 0);
    }
    // The limit has a tenth of tolerance, because an instance may keep permits for itself.
    expect(acquired).toBeGreaterThanOrEqual(54);
    expect(acquired).toBeLessThanOrEqual(66);
    expect(waited).toBeGreaterThan(0);
    expect(await newLimiter().acquire(carrier, some(1, 'Another'))).toEqual({ acquired: 1, waitSeconds: 0 });
    at(61);
    expect(await newLimiter().acquire(carrier, some(10))).toEqual({ acquired: 10, waitSeconds: 0 });
  });

  test('counts all senders together if the rate is per carrier, and applies the first rate that fits', async () => {
    const limiter = createLimiters().newLimiter();
    const rates = [
      { per: 'carrier', senderKind: 'shortCode', perMinute: 10 },
      { per: 'carrier', protocol: 'WhatsApp', perMinute: 1 },
    ] as const;
    const carrier = carrierOf('first', sent, { rates });
    const acquire = async (sender: string) => (await limiter.acquire(carrier, some(20, sender))).acquired;
    expect([await acquire('16400'), await acquire('17200'), await acquire('Arena')]).toEqual([11, 0, 20]);
  });

  test('takes an operator’s rate instead of the carrier’s own', async () => {
    const limiter = createLimiters({ rates: new Map([['first', { per: 'carrier', perMinute: 20 }]]) }).newLimiter();
    const carrier = carrierOf('first', sent, { rates: [perSender] });
    expect((await limiter.acquire(carrier, some(100))).acquired).toBe(22);
  });

  test.for([
    ['can’t be reached', down],
    ['loses answers', lost],
    ['leaves all in doubt', outcomes.unknown],
  ] as const)('refuses calls of a carrier that %s, and of no other carrier', async ([, outcome]) => {
    const limiter = createLimiters().newLimiter();
    const [first, second] = [carrierOf('first'), carrierOf('second')];
    for (let call = 0; call < 3; call++) limiter.report(first, 'Arena', [outcome, outcome]);
    expect(await limiter.acquire(first, some(1))).toEqual({ acquired: 0, waitSeconds: 10, isDown: true });
    expect(await limiter.acquire(second, some(1))).toEqual({ acquired: 1, waitSeconds: 0 });
  });

  test('refuses calls for a sender whose settings are wrong at a carrier, and for no other sender', async () => {
    const limiter = createLimiters().newLimiter();
    const carrier = carrierOf('first');
    for (let call = 0; call < 3; call++) limiter.report(carrier, 'Arena', [{ ...retry, reason: 'carrierSettings' }]);
    expect(await limiter.acquire(carrier, some(1))).toEqual({ acquired: 0, waitSeconds: 10, isDown: true });
    expect(await limiter.acquire(carrier, some(1, 'Another'))).toEqual({ acquired: 1, waitSeconds: 0 });
  });

  test.for([
    ['refuses recipients', [rejected]],
    ['has no room', [throttled]],
    ['answers for some', [down, sent]],
    ['refuses a sender', [{ ...rejected, reason: 'carrierSettings' }]],
  ] as const)('keeps giving permits for a carrier that %s', async ([, answered]) => {
    const limiter = createLimiters().newLimiter();
    const carrier = carrierOf('first');
    for (let call = 0; call < 10; call++) limiter.report(carrier, 'Arena', answered);
    expect(await limiter.acquire(carrier, some(1))).toEqual({ acquired: 1, waitSeconds: 0 });
  });
});

describe('a breaker', () => {
  function open() {
    let now = testNow;
    const breaker = createBreaker(() => now);
    /** Asks the breaker, and begins a call if it allows one. */
    const ask = (): number => {
      const retryAfterSeconds = breaker.retryAfterSeconds();
      if (retryAfterSeconds === 0) breaker.begin();
      return retryAfterSeconds;
    };
    return { breaker: { ...breaker, ask }, at: (count: number) => (now = seconds(count)) };
  }
  const fail = (breaker: Pick<ReturnType<typeof createBreaker>, 'report'>, times: number): void => {
    for (let call = 0; call < times; call++) breaker.report('failed');
  };

  test('opens after three failures in a row, not if an answer came in between', () => {
    const { breaker } = open();
    fail(breaker, 2);
    breaker.report('answered');
    fail(breaker, 2);
    expect(breaker.ask()).toBe(0);
    fail(breaker, 1);
    expect(breaker.ask()).toBe(10);
  });

  test('allows one trial call after its pause; the others wait for its result', () => {
    const { breaker, at } = open();
    fail(breaker, 3);
    at(4);
    expect(breaker.ask()).toBe(6);
    at(10);
    expect([breaker.ask(), breaker.ask(), breaker.ask()]).toEqual([0, 1, 1]);
    breaker.report('answered');
    expect([breaker.ask(), breaker.ask()]).toEqual([0, 0]);
  });

  test('doubles its pause each time that the trial call fails, up to five minutes', () => {
    const { breaker, at } = open();
    fail(breaker, 3);
    let now = 0;
    const pauses: number[] = [];
    for (let trial = 0; trial < 8; trial++) {
      const pause = breaker.ask();
      pauses.push(pause);
      now += pause;
      at(now);
      expect(breaker.ask()).toBe(0);
      fail(breaker, 1);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('does not pause longer because of calls that were under way when it opened', () => {
    const { breaker, at } = open();
    fail(breaker, 20);
    at(10);
    expect(breaker.ask()).toBe(0);
  });

  test('allows another trial call if the result of the first never came', () => {
    const { breaker, at } = open();
    fail(breaker, 3);
    at(10);
    expect([breaker.ask(), breaker.ask()]).toEqual([0, 1]);
    at(40);
    expect(breaker.ask()).toBe(0);
  });
});

test('messages wait for a carrier that is down, and are sent when it is back', async () => {
  let isDown = true;
  const carrier = createScriptedCarrier(({ recipients }) => recipients.map(() => (isDown ? down : sent)));
  let now = testNow;
  const throttle = createThrottle({
    store: createMemoryPermitStore(),
    now: () => now,
    wait: () => new Promise(() => {}),
    random: () => 0.5,
  });
  const limiter = createCarrierLimiter({ throttle, now: () => now });
  const messages = await Promise.all(Array.from({ length: 8 }, () => acceptedMessage(1, [carrier], { limiter })));
  const step = async () => {
    const results: string[] = [];
    for (const message of messages) {
      message.setNow(now);
      results.push(await message.send());
      takeJobs(message.queue);
    }
    return results;
  };
  // Three calls fail, and no more are made; the other messages have not been tried.
  expect(await step()).toEqual([
    ...Array.from({ length: 3 }, () => 'partlySent'),
    ...Array.from({ length: 5 }, () => 'noRoom'),
  ]);
  expect(carrier.batches).toHaveLength(3);
  isDown = false;
  now = seconds(10);
  expect(await step()).toEqual(Array.from({ length: 8 }, () => 'sent'));
  const attempts = await Promise.all(messages.map(async ({ read }) => (await read()).attempts));
  expect(attempts).toEqual([2, 2, 2, 1, 1, 1, 1, 1]);
});
