import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';

import type { QueueSettings } from './host-json.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import { decodeMessage } from './queue-message.ts';
import { isQueueMissing, storageErrorCode } from './queues.ts';

const minPollingInterval = 100;

/** Something that runs until it is stopped; `stop` resolves when what was running is done. */
export interface Listener {
  stop: () => Promise<void>;
}

export interface QueueTrigger {
  functionName: string;
  queue: QueueClient;
  poisonQueue: QueueClient | undefined;
  settings: QueueSettings;
  /** How long a message stays invisible once it is dequeued; renewed at half-time while the function runs. */
  visibilitySeconds: number;
  /** Runs the function; rejects where it failed. */
  run: (message: DequeuedMessageItem, body: Buffer) => Promise<void>;
  /** Adds a message to the poison queue. */
  sendToPoison: (poisonQueue: QueueClient, text: string) => Promise<void>;
  log: Log;
}

/**
 * The time to the next poll of a queue that had nothing, in milliseconds: 100, then growing at random around the powers
 * of two, up to the maximum.
 *
 * @param emptyPolls polls without a message since the last message
 * @param random from 0 to 1
 */
export function pollingDelay(emptyPolls: number, maximum: number, random: number): number {
  if (emptyPolls <= 1) return Math.min(minPollingInterval, maximum);
  const growth = (0.8 + 0.4 * random) * 2 ** Math.min(emptyPolls - 2, 30) * minPollingInterval;
  return Math.min(minPollingInterval + growth, maximum);
}

/**
 * Polls a queue and runs a function for each message: a batch at a time, the next one as soon as no more than
 * `newBatchThreshold` messages are being worked on. A message is deleted when its function succeeded. When it failed
 * the message comes back after `visibilityTimeout`, or goes to the poison queue if it was dequeued `maxDequeueCount`
 * times. A missing queue is created. Nothing that goes wrong ends the polling.
 *
 * @returns the listener, and `wake` to poll at once
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
          message: `The message ${message.messageId} can't be settled: ${describeError(error)}`,
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
    // Whoever runs the function has logged it.
    succeeded = false;
  }
  const popReceipt = await lease.end();

  if (succeeded) return settle(() => queue.deleteMessage(message.messageId, popReceipt));
  // A queue without a poison queue keeps the message invisible, so that it doesn't fail over and over at full speed.
  if (trigger.poisonQueue === undefined) return undefined;
  if (message.dequeueCount >= settings.maxDequeueCount) return moveToPoison(trigger, message, popReceipt);
  const seconds = Math.ceil(settings.visibilityTimeout / 1000);
  return settle(() => queue.updateMessage(message.messageId, popReceipt, undefined, seconds));
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
  await settle(() => queue.deleteMessage(message.messageId, popReceipt));
}

/** Ends the work on a message; that somebody else has it by now, or that it is gone, is not an error. */
async function settle(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!['PopReceiptMismatch', 'MessageNotFound', 'QueueNotFound'].includes(storageErrorCode(error) ?? ''))
      throw error;
  }
}

/** Keeps a message invisible until `end`, which gives the receipt that is valid by then. */
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
        message: `The message ${message.messageId} can't be held: ${describeError(error)}`,
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
