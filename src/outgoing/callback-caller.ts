import type { DeliveryCaller } from '../delivery-callbacks/index.ts';
import type { CallbackCaller } from '../notifications/index.ts';
import type { GuardedClient } from './guarded-client.ts';

/** Creates the caller of flows' callbacks, which calls through a guarded client. */
export function createCallbackCaller(client: GuardedClient): CallbackCaller {
  return { call: ({ url, method, body }) => client.request({ url, method, body }) };
}

/** Creates the caller of `DlrUrl` addresses, which calls through a guarded client. */
export function createDeliveryCaller(client: GuardedClient): DeliveryCaller {
  return { get: (url, headers) => client.request({ url, method: 'GET', headers }) };
}
