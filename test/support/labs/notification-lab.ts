import type { CallOutcome } from '../../../src/http-delivery/index.ts';
import type { RoutedMessage } from '../../../src/conversations/index.ts';
import {
  createNotifier,
  createSlowSubscribers,
  deliverNotifications,
  giveUpNotificationRetry,
  giveUpNotificationChunk,
  retryNotification,
} from '../../../src/notifications/index.ts';
import type {
  DeadLetter,
  NotificationDeps,
  NotificationQueue,
  OutgoingCall,
} from '../../../src/notifications/index.ts';
import { defaultLeases } from '../../../src/settings/defaults.ts';
import type { Subscription } from '../../../src/subscriptions/index.ts';
import { pipelineIdOf, subscriptionKeyOf } from '../../../src/subscriptions/subscription-ids.ts';
import { createMemoryDeadLetterStore } from '../fakes/dead-letter-store.ts';
import { createMemoryNotificationQueue } from '../fakes/notification-queue.ts';
import { createMemoryNotificationStore } from '../fakes/notification-store.ts';
import { createMemorySubscriptionStore } from '../fakes/subscription-store.ts';
import { defaultSchedule } from './default-settings.ts';
import { testNow } from './kernel.ts';
import { createSimulatedTime } from '../fakes/simulated-time.ts';
import type { SimulatedTime } from '../fakes/simulated-time.ts';
import { watchedPort } from '../fakes/watched-port.ts';
import type { FaultPlan, Watch } from '../fakes/watched-port.ts';

/** The service of all the lab's subscriptions. */
export const labService = { customerId: 'demo', serviceId: 'demo-twoway' };
export const labPipeline = pipelineIdOf(labService);
const publicUrl = 'https://api.example.com/api-integrations/v1';

/** A flow's answer: a status, a failed call, a refused address, or no answer at all. */
export type FlowAnswer = number | 'fails' | 'refused' | 'nothing' | { status: number; retryAfterSeconds: number };

/** The answer to each call, by the call's number from 1; with `afterMs`, after that many milliseconds. */
export type FlowScript = (call: number) => FlowAnswer | { afterMs: number; answer: FlowAnswer };

/** A call that a flow got. */
interface LabCall extends OutgoingCall {
  /** Milliseconds since the start. */
  at: number;
}

interface LabOptions {
  random?: () => number;
  faults?: FaultPlan;
}

/** Returns a message that the lab's service received; its number makes it unique. */
export function labMessage(number = 1, details: Partial<RoutedMessage> = {}): RoutedMessage {
  return {
    ...labService,
    id: `i${number.toString(16).padStart(32, '0')}`,
    carrier: 'simulated',
    carrierMessageId: `carrier-${number}`,
    sender: '358401230001',
    recipient: '16400',
    protocol: 'SMS',
    content: `Hei ${number}`,
    at: testNow,
    receivedAt: testNow,
    attachments: [],
    attempts: 0,
    state: 'routed',
    threadId: `t${number}`,
    ...details,
  };
}

/** Returns the address of a flow, in the platform's form. */
export const flowUrl = (name: string, signature = 'a%2Fb'): string =>
  `https://prod-01.logic.example.com:443/workflows/${name}/triggers/x/run?sp=%2Ftriggers%2Fx&sv=1.0&sig=${signature}`;

/** Returns a subscription of the lab's service for the flow with that name. */
export function labSubscription(name: string, details: Partial<Subscription> = {}): Subscription {
  const callbackUrl = details.callbackUrl ?? flowUrl(name);
  return {
    ...labService,
    pipelineId: labPipeline,
    key: subscriptionKeyOf(callbackUrl),
    callbackUrl,
    httpVerb: 'POST',
    name,
    description: 'of a test',
    secret: '1'.repeat(32),
    origin: {},
    subscribedAt: testNow,
    state: 'active',
    ...details,
  };
}

const outcomes: Readonly<Record<string, CallOutcome>> = {
  fails: { outcome: 'failed', reason: 'The host closed the connection.' },
  refused: { outcome: 'refused', reason: 'The address is not public.' },
};

/** A lab for the delivery of notifications, in memory and in simulated time. */
export type NotificationLab = ReturnType<typeof createNotificationLab>;

/** Creates a lab. Its clock starts at {@link testNow}, and flows without a script answer 202. */
export function createNotificationLab({ random = () => 0, faults = () => undefined }: LabOptions = {}) {
  const subscriptions = createMemorySubscriptionStore();
  const notifications = createMemoryNotificationStore();
  const deadLetters = createMemoryDeadLetterStore();
  const memoryQueue = createMemoryNotificationQueue();
  const scripts = new Map<string, FlowScript>();
  const calls: LabCall[] = [];
  const steps: string[] = [];
  let slow = createSlowSubscribers(() => time.now());

  const notificationQueue: NotificationQueue = {
    async enqueueChunk(job, delaySeconds) {
      await memoryQueue.enqueueChunk(job, delaySeconds);
      for (const queued of memoryQueue.chunks.splice(0)) time.enqueue('notifications', queued.job, queued.delaySeconds);
    },
    async enqueueRetry(job, delaySeconds) {
      await memoryQueue.enqueueRetry(job, delaySeconds);
      for (const queued of memoryQueue.retry.splice(0)) {
        time.enqueue('notification-retries', queued.job, queued.delaySeconds);
      }
    },
  };

  function kill(): void {
    time.kill();
    slow = createSlowSubscribers(() => time.now());
  }

  async function call(outgoing: OutgoingCall): Promise<CallOutcome> {
    calls.push({ ...outgoing, at: time.elapsed() });
    const number = calls.filter(({ url }) => url === outgoing.url).length;
    const given = scripts.get(outgoing.url)?.(number) ?? 202;
    const { afterMs, answer } = typeof given === 'object' && 'afterMs' in given ? given : { afterMs: 0, answer: given };
    if (answer === 'nothing') return new Promise<never>(() => undefined);
    if (afterMs > 0) await time.wait(afterMs);
    if (typeof answer === 'string') return outcomes[answer]!;
    return { outcome: 'answered', ...(typeof answer === 'number' ? { status: answer } : answer) };
  }

  const watch: Watch = { time: () => time, faults, steps, kill };
  const ports = {
    subscriptions: watchedPort('subscriptions', subscriptions, watch),
    notifications: watchedPort('notifications', notifications, watch),
    deadLetters: watchedPort('deadLetters', deadLetters, watch),
    queue: watchedPort('queue', notificationQueue, watch),
  };
  const deps = (): NotificationDeps => ({
    flows: {
      ...ports,
      slow,
      caller: { call: (outgoing) => time.inProcess(() => call(outgoing)) },
      leaseSeconds: defaultLeases.flow,
      schedule: defaultSchedule,
    },
    wait: time.wait,
    now: time.now,
    random,
  });
  const worker =
    ({ handle }: typeof deliverNotifications) =>
    (job: unknown) =>
      handle(job, deps());
  const notify = (message: RoutedMessage) => createNotifier({ flows: { ...ports, publicUrl } }).notify(message);
  const time: SimulatedTime = createSimulatedTime(testNow, {
    inbound: (message) => notify(message as RoutedMessage),
    notifications: worker(deliverNotifications),
    'notifications-poison': worker(giveUpNotificationChunk),
    'notification-retries': worker(retryNotification),
    'notification-retries-poison': worker(giveUpNotificationRetry),
  });

  return {
    time,
    calls,
    steps,
    deps,
    subscriptions,
    notifications,
    deadLetters,
    kill,
    /** Subscribes flows by their names. */
    async subscribe(...names: readonly string[]): Promise<void> {
      for (const name of names) await subscriptions.put(labSubscription(name));
    },
    /** Sets the answers of a flow, by its name or its address. */
    script(flow: string, answers: FlowScript): void {
      scripts.set(flow.startsWith('https:') ? flow : flowUrl(flow), answers);
    },
    /** Queues messages of the lab's service, for immediate notification. */
    tell(...numbers: readonly number[]): void {
      for (const number of numbers) time.enqueue('inbound', labMessage(number));
    },
    /** Returns when a flow was called, in milliseconds since the start. */
    callTimes: (flow: string): number[] =>
      calls.filter(({ url }) => url === (flow.startsWith('https:') ? flow : flowUrl(flow))).map(({ at }) => at),
    subscription: async (name: string): Promise<Subscription | undefined> =>
      (await subscriptions.find(labPipeline, subscriptionKeyOf(flowUrl(name))))?.subscription,
    /** Reads the retry notification of a message for a flow. */
    retry: async (name: string, message = 1) =>
      (await notifications.readRetry(labMessage(message).id, subscriptionKeyOf(flowUrl(name))))?.retry,
    letters: (): Promise<DeadLetter[]> => deadLetters.list({ limit: 1_000 }),
    /** Returns the state of a message's notification for each flow, in the order of the chunks. */
    async fates(message = 1): Promise<Record<string, string>> {
      const { id } = labMessage(message);
      const chunks = await notifications.listChunks(id);
      const fates: Record<string, string> = {};
      for (const { targets, states } of chunks) {
        for (const [targetIndex, { key, callbackUrl }] of targets.entries()) {
          const retried = states[targetIndex] === 'retried' ? await notifications.readRetry(id, key) : undefined;
          const name = /workflows\/([^/]+)/.exec(callbackUrl)?.[1] ?? callbackUrl;
          fates[name] = retried?.retry.state ?? states[targetIndex] ?? 'nothing';
        }
      }
      return fates;
    },
  };
}
