import type { DeliveryCaller } from '../delivery-callbacks/index.ts';
import type { CallbackCaller } from '../notifications/index.ts';
import type { GuardedClient } from './guarded-client.ts';

/** Calls callbacks through a guarded client. */
export function createCallbackCaller(client: GuardedClient): CallbackCaller {
  return { call: ({ url, method, body }) => client.request({ url, method, body }) };
}

/** Calls delivery-report addresses through a guarded client. */
export function createDeliveryCaller(client: GuardedClient): DeliveryCaller {
  return { get: (url, headers) => client.request({ url, method: 'GET', headers }) };
}
