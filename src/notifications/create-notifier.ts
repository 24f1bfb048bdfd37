import type { NotifierDeps } from './deps.ts';
import type { Notifier, RoutedMessage } from '../conversations/index.ts';
import { failpoint } from '../core/failpoint.ts';
import { eachOf } from '../core/concurrency.ts';
import { pipelineIdOf } from '../subscriptions/index.ts';
import type { Subscription } from '../subscriptions/index.ts';
import type { NotificationChunk, Target } from './notification.ts';
import { payloadOf } from './payload.ts';

/** Max subscriptions in one chunk, and so in one queue message and one row. */
const chunkSize = 100;

/** Queue messages written at the same time. */
const enqueueWidth = 16;

/**
 * Creates the notifications of a message: one for each subscription of its service, with a row and a queue message for
 * each hundred. If it is repeated after a crash, it finds the existing chunks, adds the missing ones and queues those
 * that no worker has started. A second queue message does no harm.
 */
export function createNotifier(deps: NotifierDeps): Notifier {
  return {
    async notify(message) {
      const { customerId, serviceId } = message;
      const subscriptions = await deps.flows.subscriptions.listActive(pipelineIdOf({ customerId, serviceId }));
      if (subscriptions.length === 0) return 0;
      const chunks = dealOut(message, subscriptions, { firstIndex: 0, publicUrl: deps.flows.publicUrl });
      const outcome = await deps.flows.notifications.createChunks(chunks);
      const waiting = outcome === 'created' ? chunks : await complete(message, subscriptions, deps);
      failpoint('notify.rowsWritten');
      await enqueueAll(waiting, deps);
      failpoint('notify.queued');
      return subscriptions.length;
    },
  };
}

/**
 * Adds chunks for the subscriptions that the existing chunks lack. It repeats until each has one, because another worker
 * may be adding chunks too, with the subscriptions grouped differently. Resolves to all chunks that no worker has
 * started.
 */
async function complete(
  message: RoutedMessage,
  subscriptions: readonly Subscription[],
  { flows }: NotifierDeps,
): Promise<NotificationChunk[]> {
  for (;;) {
    const stored = await flows.notifications.listChunks(message.id);
    const notified = new Set(stored.flatMap(({ targets }) => targets.map(({ key }) => key)));
    const missing = subscriptions.filter(({ key }) => !notified.has(key));
    if (missing.length === 0) return stored.filter(({ attempts }) => attempts === 0);
    const firstIndex = Math.max(...stored.map(({ index }) => index)) + 1;
    await flows.notifications.createChunks(dealOut(message, missing, { firstIndex, publicUrl: flows.publicUrl }));
  }
}

function dealOut(
  message: RoutedMessage,
  subscriptions: readonly Subscription[],
  { firstIndex, publicUrl }: { firstIndex: number; publicUrl: string },
): NotificationChunk[] {
  const { id: inboundId, customerId, serviceId } = message;
  const payload = payloadOf(message, publicUrl);
  return Array.from({ length: Math.ceil(subscriptions.length / chunkSize) }, (_, place): NotificationChunk => {
    const targets = subscriptions.slice(place * chunkSize, (place + 1) * chunkSize).map(targetOf);
    return {
      inboundId,
      index: firstIndex + place,
      customerId,
      serviceId,
      payload,
      targets,
      states: targets.map(() => 'waiting'),
      attempts: 0,
    };
  });
}

/** Returns the fields of a subscription that a notification needs. */
export function targetOf({ pipelineId, key, secret, callbackUrl, httpVerb, refusals }: Subscription): Target {
  return { pipelineId, key, secret, callbackUrl, httpVerb, wasRefused: refusals !== undefined };
}

async function enqueueAll(chunks: readonly NotificationChunk[], { flows }: NotifierDeps): Promise<void> {
  await eachOf(chunks, enqueueWidth, ({ inboundId, index }) => flows.queue.enqueueChunk({ inboundId, chunk: index }));
}
