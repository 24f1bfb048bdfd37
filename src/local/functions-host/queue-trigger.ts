import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';

import type { QueueSettings } from './host-json.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import { decodeMessage } from './queue-message.ts';
import { isQueueMissing, storageErrorCode } from './queues.ts';

const minPollingInterval = 100;

/** A running listener. `stop` resolves when the functions in progress have ended. */
export interface Listener {
  stop: () => Promise<void>;
}

export interface QueueTrigger {
  functionName: string;
  queue: QueueClient;
  poisonQueue: QueueClient | undefined;
  settings: QueueSettings;
  /** How long a dequeued message stays invisible; renewed at half-time while the function runs. */
  visibilitySeconds: number;
  /** Runs the function; rejects if it fails. */
  run: (message: DequeuedMessageItem, body: Buffer) => Promise<void>;
  /** Adds a message to the poison queue. */
  sendToPoison: (poisonQueue: QueueClient, text: string) => Promise<void>;
  log: Log;
}

/**
 * Returns the time until the next poll of an empty queue, in milliseconds: 100 at first, then about twice as long after
 * each empty poll, with a random share, up to `maximum`.
 *
 * @param emptyPolls how many polls found no message since the last message
 * @param random from 0 to 1
 */
export function pollingDelay(emptyPolls: number, maximum: number, random: number): number {
  if (emptyPolls <= 1) return Math.min(minPollingInterval, maximum);
  const growth = (0.8 + 0.4 * random) * 2 ** Math.min(emptyPolls - 2, 30) * minPollingInterval;
  return Math.min(minPollingInterval + growth, maximum);
}

/**
 * Polls a queue and runs a function for each message. Fetches a batch at a time, and the next one as soon as at most
 * `newBatchThreshold` messages are in progress. Deletes a message when its function succeeds. When it fails, the
 * message becomes visible again after `visibilityTimeout`, or goes to the poison queue if it was dequeued
 * `maxDequeueCount` times. Creates a missing queue. No error ends the polling.
 *
 * @returns the listener, and `wake`, which polls at once
 */
export function listenToQueue(trigger: QueueTrigger): Listener & { wake: () => void } {
  const { queue, settings, log, functionName } = trigger;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let woken = false;
  let endSleep = (): void => {};
  const wake = (): void => {
    woken = true;
    endSleep();
  };

  const receive = async (): Promise<DequeuedMessageItem[]> => {
    try {
      const options = { numberOfMessages: settings.batchSize, visibilityTimeout: trigger.visibilitySeconds };
      return (await queue.receiveMessages(options)).receivedMessageItems;
    } catch (error) {
      if (!isQueueMissing(error)) {
        log({
          level: 'warning',
          functionName,
          message: `The queue ${queue.name} can't be read: ${describeError(error)}`,
        });
        return [];
      }
      await queue.createIfNotExists().catch((reason: unknown) => {
        log({
          level: 'warning',
          functionName,
          message: `The queue ${queue.name} can't be created: ${describeError(reason)}`,
        });
      });
      return [];
    }
  };
  const start = (message: DequeuedMessageItem): void => {
    const task = processMessage(trigger, message)
      .catch((error: unknown) => {
        log({
          level: 'error',
          functionName,
          message: `The message ${message.messageId} can't be completed: ${describeError(error)}`,
        });
      })
      .finally(() => running.delete(task));
    running.add(task);
  };
  const poll = async (): Promise<void> => {
    for (let emptyPolls = 0; !stopping.signal.aborted;) {
      woken = false;
      const messages = await receive();
      messages.forEach(start);
      if (messages.length > 0) {
        emptyPolls = 0;
        while (running.size > settings.newBatchThreshold) await Promise.race(running);
        continue;
      }
      emptyPolls += 1;
      const delay = pollingDelay(emptyPolls, settings.maxPollingInterval, Math.random());
      if (!woken) await sleep(delay, (end) => (endSleep = end));
    }
    await Promise.all(running);
  };

  const polling = poll();
  return {
    wake,
    stop: () => {
      stopping.abort();
      wake();
      return polling;
    },
  };
}

function sleep(delay: number, onSleep: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delay);
    onSleep(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function processMessage(trigger: QueueTrigger, message: DequeuedMessageItem): Promise<void> {
  const { queue, settings } = trigger;
  const body = decodeMessage(message.messageText, settings.messageEncoding);
  if (body === undefined || message.dequeueCount > settings.maxDequeueCount) {
    return moveToPoison(trigger, message, message.popReceipt);
  }
  const lease = holdMessage(trigger, message);
  let succeeded = true;
  try {
    await trigger.run(message, body);
  } catch {
    // The runner has already logged the error.
    succeeded = false;
  }
  const popReceipt = await lease.end();

  if (succeeded) return complete(() => queue.deleteMessage(message.messageId, popReceipt));
  // Without a poison queue, the message stays invisible, so that it doesn't fail again and again at full speed.
  if (trigger.poisonQueue === undefined) return undefined;
  if (message.dequeueCount >= settings.maxDequeueCount) return moveToPoison(trigger, message, popReceipt);
  const seconds = Math.ceil(settings.visibilityTimeout / 1000);
  return complete(() => queue.updateMessage(message.messageId, popReceipt, undefined, seconds));
}

async function moveToPoison(trigger: QueueTrigger, message: DequeuedMessageItem, popReceipt: string): Promise<void> {
  if (trigger.poisonQueue === undefined) return;
  const { functionName, poisonQueue, queue } = trigger;
  await trigger.sendToPoison(poisonQueue, message.messageText);
  trigger.log({
    level: 'warning',
    functionName,
    message: `The message ${message.messageId} was moved to ${poisonQueue.name}.`,
  });
  await complete(() => queue.deleteMessage(message.messageId, popReceipt));
}

/** Makes the last call for a message. Ignores the error if another host has the message by now, or if it is gone. */
async function complete(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!['PopReceiptMismatch', 'MessageNotFound', 'QueueNotFound'].includes(storageErrorCode(error) ?? ''))
      throw error;
  }
}

/** Keeps a message invisible until `end`, which resolves to the receipt that is valid then. */
function holdMessage(trigger: QueueTrigger, message: DequeuedMessageItem): { end: () => Promise<string> } {
  const { queue, visibilitySeconds, functionName, log } = trigger;
  let popReceipt = message.popReceipt;
  let renewal: Promise<void> = Promise.resolve();
  const renew = async (): Promise<void> => {
    try {
      const answer = await queue.updateMessage(message.messageId, popReceipt, undefined, visibilitySeconds);
      popReceipt = answer.popReceipt ?? popReceipt;
    } catch (error) {
      log({
        level: 'warning',
        functionName,
        message: `The message ${message.messageId} can't be kept invisible: ${describeError(error)}`,
      });
    }
  };
  const timer = setInterval(() => (renewal = renewal.then(renew)), visibilitySeconds * 500);
  return {
    end: async () => {
      clearInterval(timer);
      await renewal;
      return popReceipt;
    },
  };
}
