import type { QueueClient } from '@azure/storage-queue';
import { QueueServiceClient } from '@azure/storage-queue';

import type { Binding, InvocationResponse, RegisteredFunction, TypedData } from './functions-core.ts';
import type { MessageEncoding } from './queue-message.ts';
import { encodeMessage } from './queue-message.ts';

/** The queues that the functions of an app are bound to. */
export interface Queues {
  /** The queue of a binding, whose name is checked and put into lower case. Throws a clause that says what is wrong. */
  client: (binding: Binding) => QueueClient;
  /** The queue where messages end up that can't be worked off; undefined for a queue that has none. */
  poisonClient: (binding: Binding) => QueueClient | undefined;
  /** Adds a message, and the queue where it is missing. */
  send: (queue: QueueClient, text: string) => Promise<void>;
  /** Calls `wake` whenever a message is added to the queue of that name through `send`. */
  onSend: (queueName: string, wake: () => void) => void;
}

const poisonSuffix = '-poison';
const queueName = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Makes clients for queues, one service client for each connection that bindings name. */
export function openQueues(connectionString: (name: string) => string): Queues {
  const services = new Map<string, QueueServiceClient>();
  const listeners = new Map<string, (() => void)[]>();

  const service = (connection: string): QueueServiceClient => {
    const known = services.get(connection);
    if (known !== undefined) return known;
    // Polling repeats a failed call anyway, and a stop doesn't want to wait for long retries.
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

/** Whether a call failed because the queue doesn't exist. */
export function isQueueMissing(error: unknown): boolean {
  return storageErrorCode(error) === 'QueueNotFound';
}

/** The code that the storage service gave for a failed call, such as `MessageNotFound`. */
export function storageErrorCode(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

/**
 * Adds what a function left for its queue bindings, be it as extra outputs or as its return value. An array makes one
 * message per element, as does a text that is a JSON array.
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
