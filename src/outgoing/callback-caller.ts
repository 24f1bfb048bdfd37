import type { CallbackCaller } from '../notifications/index.ts';
import type { GuardedClient } from './guarded-client.ts';

/** Calls callbacks through a guarded client. */
export function createCallbackCaller(client: GuardedClient): CallbackCaller {
  return { call: ({ url, method, body }) => client.request({ url, method, body }) };
}
