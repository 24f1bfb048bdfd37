import type { QueueClient } from '@azure/storage-queue';
import { QueueServiceClient } from '@azure/storage-queue';

import type { Binding, InvocationResponse, RegisteredFunction, TypedData } from './functions-core.ts';
import type { MessageEncoding } from './queue-message.ts';
import { encodeMessage } from './queue-message.ts';

/** The queues that an app's functions are bound to. */
export interface Queues {
  /** Returns the queue of a binding; checks its name and puts it into lower case. Throws if the name is not valid. */
  client: (binding: Binding) => QueueClient;
  /** Returns the poison queue of a binding's queue; undefined if the queue has none. */
  poisonClient: (binding: Binding) => QueueClient | undefined;
  /** Adds a message; creates the queue if it is missing. */
  send: (queue: QueueClient, text: string) => Promise<void>;
  /** Calls `wake` whenever `send` adds a message to the queue of that name. */
  onSend: (queueName: string, wake: () => void) => void;
}

const poisonSuffix = '-poison';
const queueName = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Opens the queues of an app, with one service client for each connection that bindings name. */
export function openQueues(connectionString: (name: string) => string): Queues {
  const services = new Map<string, QueueServiceClient>();
  const listeners = new Map<string, (() => void)[]>();

  const service = (connection: string): QueueServiceClient => {
    const known = services.get(connection);
    if (known !== undefined) return known;
    // Polling repeats a failed call anyway, and `stop` should not wait for long retries.
    const options = { retryOptions: { maxTries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 200 } };
    const value = connectionString(connection);
    if (value === '') throw new Error(`the connection ${connection} has no connection string`);
    const created = QueueServiceClient.fromConnectionString(value, options);
    services.set(connection, created);
    return created;
  };
  const client = (binding: Binding): QueueClient => {
    const name = String(binding['queueName']).toLowerCase();
    if (!queueName.test(name)) throw new Error(`"${String(binding['queueName'])}" is not the name of a queue`);
    const connection = binding['connection'];
    return service(
      typeof connection === 'string' && connection !== '' ? connection : 'AzureWebJobsStorage',
    ).getQueueClient(name);
  };
  return {
    client,
    poisonClient: (binding) => {
      const { name } = client(binding);
      const poisonName = name + poisonSuffix;
      if (name.endsWith(poisonSuffix) || !queueName.test(poisonName)) return undefined;
      return client({ ...binding, queueName: poisonName });
    },
    send: async (queue, text) => {
      try {
        await queue.sendMessage(text);
      } catch (error) {
        if (!isQueueMissing(error)) throw error;
        await queue.createIfNotExists();
        await queue.sendMessage(text);
      }
      for (const wake of listeners.get(queue.name) ?? []) wake();
    },
    onSend: (name, wake) => {
      listeners.set(name, [...(listeners.get(name) ?? []), wake]);
    },
  };
}

/** Tells whether a call failed because the queue doesn't exist. */
export function isQueueMissing(error: unknown): boolean {
  return storageErrorCode(error) === 'QueueNotFound';
}

/** Returns the storage service's error code, such as `MessageNotFound`. */
export function storageErrorCode(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

/**
 * Sends the outputs of a function to its queue bindings: extra outputs and the return value. An array, or a text that
 * holds a JSON array, makes one message for each element.
 */
export async function writeOutputs(
  registered: RegisteredFunction,
  response: InvocationResponse,
  write: { queues: Queues; encoding: MessageEncoding },
): Promise<void> {
  const { bindings } = registered.metadata;
  const outputs = [...(response.outputData ?? []), { name: '$return', data: response.returnValue }];
  for (const { name, data } of outputs) {
    const binding = bindings[name];
    if (binding?.type?.toLowerCase() !== 'queue' || data == null) continue;
    const queue = write.queues.client(binding);
    for (const body of toMessages(data)) await write.queues.send(queue, encodeMessage(body, write.encoding));
  }
}

function toMessages(data: TypedData): (string | Uint8Array)[] {
  if (data.bytes != null) return [data.bytes];
  const text = data.json ?? data.string ?? String(data.int ?? data.double ?? '');
  const elements = parseArray(text);
  if (elements === undefined) return [text];
  return elements.map((element) => (typeof element === 'string' ? element : JSON.stringify(element)));
}

function parseArray(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
