import type { CallOutcome } from '../../../src/http-delivery/index.ts';
import {
  createFinalStatusRecorder,
  encodeCallbackJob,
  deliverDeliveryCallbacks,
  giveUpDeliveryCallbacks,
} from '../../../src/delivery-callbacks/index.ts';
import type { CallbackQueue, CallbackDeps, ChunkCallbacks } from '../../../src/delivery-callbacks/index.ts';
import type { Chunk, MessageHeader, FinalRecipient } from '../../../src/messages/index.ts';
import { defaultLeases } from '../../../src/settings/defaults.ts';
import { createMemoryCallbackQueue } from '../fakes/callback-queue.ts';
import { createMemoryCallbackStore } from '../fakes/callback-store.ts';
import { createMemoryMessageStore } from '../fakes/message-store.ts';
import { defaultSchedule } from './default-settings.ts';
import { testNow } from './kernel.ts';
import { phones, testMessageId } from './messaging.ts';
import { createSimulatedTime } from '../fakes/simulated-time.ts';
import type { SimulatedTime } from '../fakes/simulated-time.ts';
import { watchedPort } from '../fakes/watched-port.ts';
import type { FaultPlan, Watch } from '../fakes/watched-port.ts';

/** The answer of an address to a call, by the call's number from 1; with `afterMs`, after that many milliseconds. */
type Answer = number | 'fails' | 'refused' | { status: number; retryAfterSeconds: number };
type Script = (call: number) => Answer | { afterMs: number; answer: Answer };

interface LabCall {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds since the start. */
  at: number;
}

export const labMessageId = testMessageId(1);
export const dlrUrl = 'https://dlr.example.com/hook?key=a%2Fb';

/** Returns the index of the recipient that a call is for: the last two digits of the recipient's id. */
export const placeOf = (url: string): number => Number(/recipientId=[^&]*(\d\d)&/.exec(url)?.[1]);

const outcomes: Readonly<Record<string, CallOutcome>> = {
  fails: { outcome: 'failed', reason: 'No answer came in time.' },
  refused: { outcome: 'refused', reason: 'The host leads to an address of a private network.' },
};

/** The lab's message, and the faults. */
interface LabOptions {
  header?: Partial<MessageHeader>;
  /** The message has no `DlrUrl`. */
  withoutDlrUrl?: boolean;
  recipients?: number;
  customer?: { callbackSecretSetting?: string } | undefined;
  faults?: FaultPlan;
}

/**
 * Creates a lab for delivery callbacks, in memory and in simulated time, with one message. Its address answers 200 by
 * default.
 */
export function createCallbackLab({ recipients = 3, ...options }: LabOptions = {}) {
  const { faults = () => undefined } = options;
  const messages = createMemoryMessageStore();
  const store = createMemoryCallbackStore();
  const memoryQueue = createMemoryCallbackQueue();
  const secrets = new Map<string, string>();
  const scripts = new Map<number, Script>();
  const calls: LabCall[] = [];
  /** How many calls were made for each place. */
  const callCounts = new Map<number, number>();
  const steps: string[] = [];
  let made = 0;

  const queue: CallbackQueue = {
    async enqueue(job, delaySeconds) {
      await memoryQueue.enqueue(job, delaySeconds);
      // A queued job is JSON.
      for (const queued of memoryQueue.jobs.splice(0)) {
        time.enqueue(
          'delivery-callbacks',
          JSON.parse(JSON.stringify(encodeCallbackJob(queued.job))),
          queued.delaySeconds,
        );
      }
    },
  };

  async function call(url: string, headers: Readonly<Record<string, string>>): Promise<CallOutcome> {
    calls.push({ url, headers, at: time.elapsed() });
    const recipientIndex = placeOf(url);
    const number = (callCounts.get(recipientIndex) ?? 0) + 1;
    callCounts.set(recipientIndex, number);
    const given = (scripts.get(recipientIndex) ?? scripts.get(-1))?.(number) ?? 200;
    const { afterMs, answer } = typeof given === 'object' && 'afterMs' in given ? given : { afterMs: 0, answer: given };
    if (afterMs > 0) await time.wait(afterMs);
    if (typeof answer === 'string') return outcomes[answer]!;
    return { outcome: 'answered', ...(typeof answer === 'number' ? { status: answer } : answer) };
  }

  const customer = 'customer' in options ? options.customer : {};
  const watch: Watch = { time: () => time, faults, steps, kill: () => time.kill() };
  const deps: CallbackDeps = {
    dlr: {
      store: watchedPort('callbackStore', store, watch),
      queue: watchedPort('queue', queue, watch),
      caller: { get: (url, headers) => time.inProcess(() => call(url, headers)) },
      secret: (name) => secrets.get(name),
      schedule: defaultSchedule,
      leaseSeconds: defaultLeases.dlr,
    },
    messages: { store: watchedPort('messages', messages, watch) },
    directory: {
      customer: async (id) => customer && { id, name: 'Demo', region: 'FI', timeZone: 'UTC', ...customer },
    },
    newSecret() {
      made += 1;
      return String(made);
    },
    random: () => 0,
    now: () => time.now(),
  };
  const time: SimulatedTime = createSimulatedTime(testNow, {
    'delivery-callbacks': (job) => deliverDeliveryCallbacks.handle(job, deps),
    'delivery-callbacks-poison': (job) => giveUpDeliveryCallbacks.handle(job, deps),
  });
  const recorder = createFinalStatusRecorder({ dlr: { queue } });

  /** Stores the message. */
  async function accept(): Promise<void> {
    const common = {
      messageId: labMessageId,
      customerId: 'demo',
      serviceId: 's',
      sender: 'Arena',
      protocol: 'SMS' as const,
    };
    const header: MessageHeader = {
      ...common,
      userId: 'u',
      acceptedAt: testNow,
      recipientCount: recipients,
      chunkCount: 1,
      partCount: 2,
      ...(options.withoutDlrUrl === true ? {} : { dlrUrl }),
      ...options.header,
    };
    const chunk: Chunk = {
      ...common,
      index: 0,
      content: 'Hei',
      recipients: phones(recipients).map((address) => ({ address, parts: 2, values: [] })),
      statuses: phones(recipients).map(() => 'sent'),
      notes: new Map(),
      references: new Map(),
      attempts: 1,
      updatedAt: testNow,
    };
    await messages.create(header, [chunk]);
  }

  return {
    accept,
    time,
    calls,
    steps,
    deps,
    store,
    secrets,
    /** Records the final status of recipients, at the current time. */
    settle: (recipientIndexes: readonly number[], details: Partial<FinalRecipient> = {}): Promise<void> =>
      recorder.record(
        recipientIndexes.map((recipientIndex) => ({
          messageId: labMessageId,
          chunk: 0,
          recipientIndex,
          status: 'delivered',
          at: time.now(),
          ...details,
        })),
      ),
    /** Sets the answers of the address for a recipient, or the default answers. */
    script(answers: Script, recipientIndex = -1): void {
      scripts.set(recipientIndex, answers);
    },
    /** Returns when the address was called for a recipient, in seconds since the start. */
    callTimes: (recipientIndex: number): number[] =>
      calls.filter(({ url }) => placeOf(url) === recipientIndex).map(({ at }) => at / 1_000),
    callbacks: async (): Promise<ChunkCallbacks | undefined> => (await store.read(labMessageId, 0))?.callbacks,
    /** Returns the state of each recipient's callback. */
    async fates(): Promise<Record<number, string>> {
      const { done = [], entries = [] } = (await store.read(labMessageId, 0))?.callbacks ?? {};
      return Object.fromEntries([
        ...done.map((recipientIndex) => [recipientIndex, 'done']),
        ...entries.map(({ recipientIndex, state }) => [recipientIndex, state]),
      ]) as Record<number, string>;
    },
    results: (): unknown[] => time.runs.map(({ result }) => (result as { result?: unknown } | undefined)?.result),
  };
}
