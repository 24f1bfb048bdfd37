import type { CallbackQueue, CallbackStore } from '../../delivery-callbacks/index.ts';
import type { MessageStore } from '../../messages/index.ts';
import { createCallbackQueue } from '../../storage/queues/callback-queue.ts';
import { createTableCallbackStore } from '../../storage/tables/callback-store.ts';
import { openOperatorMessages } from '../open-messages.ts';
import { openOperatorStorage } from '../open-storage.ts';

/** What the subcommands depend on. */
export interface CallbacksDeps {
  dlr: { store: CallbackStore; queue: CallbackQueue };
  messages: { store: MessageStore };
  now: () => Date;
}

export async function openDeps(environment: NodeJS.ProcessEnv): Promise<CallbacksDeps> {
  const storage = await openOperatorStorage(environment);
  return {
    dlr: { store: createTableCallbackStore(storage), queue: createCallbackQueue(storage) },
    messages: { store: openOperatorMessages(storage, environment).messages },
    now: () => new Date(),
  };
}
