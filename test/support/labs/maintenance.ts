import { requeueStalled } from '../../../src/maintenance/index.ts';
import { acceptMessage } from '../../../src/messages/accept/accept-message.ts';
import { foldMessage, sendOutboundChunk } from '../../../src/messages/index.ts';
import { createMemoryCallbackQueue } from '../fakes/callback-queue.ts';
import { createMemoryCallbackStore } from '../fakes/callback-store.ts';
import { createMemoryInboundQueue } from '../fakes/inbound-queue.ts';
import { createMemoryInboundStore } from '../fakes/inbound-store.ts';
import { createMemoryMessageStore } from '../fakes/message-store.ts';
import { createMemoryNotificationQueue } from '../fakes/notification-queue.ts';
import { createMemoryNotificationStore } from '../fakes/notification-store.ts';
import { createMemorySweepPositions } from '../fakes/sweep-positions.ts';
import { testNow } from './kernel.ts';
import { createMessaging, createScriptedCarrier, preparedSend, sendRequest, sendingBy } from './messaging.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Creates stored work, a clock, a worker that sends, and the timer RequeueStalled. */
export function createMaintenanceLab() {
  let now = testNow;
  const store = createMemoryMessageStore();
  const carrier = createScriptedCarrier();
  const messaging = createMessaging();
  const deps = {
    ...messaging,
    ...sendingBy(carrier),
    messages: { ...messaging.messages, store, finders: [store] },
    inbound: { store: createMemoryInboundStore(), queue: createMemoryInboundQueue() },
    flows: { notifications: createMemoryNotificationStore(), queue: createMemoryNotificationQueue() },
    dlr: { store: createMemoryCallbackStore(), queue: createMemoryCallbackQueue() },
    carrier,
    maintenance: { positions: createMemorySweepPositions(), stalledAfterSeconds: 300 },
    now: () => now,
  };
  return {
    deps,
    carrier,
    /** Lets `time` milliseconds pass, and runs the timer each minute. */
    async pass(time: number): Promise<void> {
      for (const end = now.getTime() + time; now.getTime() < end;) {
        now = new Date(Math.min(now.getTime() + minute, end));
        await requeueStalled.run(deps);
      }
    },
    run: () => requeueStalled.run(deps),
    /** Lets `time` milliseconds pass without the timer. */
    skip: (time: number) => void (now = new Date(now.getTime() + time)),
    accept: (details: Parameters<typeof preparedSend>[1] = {}, request = {}) =>
      acceptMessage(sendRequest({ acceptedAt: now, ...request }), preparedSend(1, details), {}, deps),
    /** Takes the jobs off the outbound queue, as if they got lost. */
    lose: () => deps.messages.queue.jobs.splice(0),
    async work(): Promise<void> {
      for (const { job } of deps.messages.queue.jobs.splice(0)) await sendOutboundChunk.handle(job, deps);
    },
    statuses: async (id: string) => foldMessage((await store.readMessage(id))!).map(({ status }) => status),
  };
}
