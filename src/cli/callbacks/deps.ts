import type { CallbackQueue, CallbackStore } from '../../delivery-callbacks/index.ts';
import type { MessageStore } from '../../messages/index.ts';
import { createCallbackQueue } from '../../storage/queues/callback-queue.ts';
import { createTableCallbackStore } from '../../storage/tables/callback-store.ts';
import { openOperatorMessages } from '../open-messages.ts';
import { openOperatorStorage } from '../open-storage.ts';

/** What the subcommands work with. */
export interface CallbacksDeps {
  callbackStore: CallbackStore;
  callbackQueue: CallbackQueue;
  messages: MessageStore;
  now: () => Date;
}

export async function openDeps(environment: NodeJS.ProcessEnv): Promise<CallbacksDeps> {
  const storage = await openOperatorStorage(environment);
  return {
    callbackStore: createTableCallbackStore(storage),
    callbackQueue: createCallbackQueue(storage),
    messages: openOperatorMessages(storage, environment).messages,
    now: () => new Date(),
  };
}
