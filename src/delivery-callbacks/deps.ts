import type { RetrySchedule } from '../http-delivery/index.ts';
import type { Directory } from '../directory/index.ts';
import type { MessageStore } from '../messages/index.ts';
import type { CallbackQueue, CallbackStore, DeliveryCaller } from './ports.ts';

/** Dependencies of the calls to delivery-report addresses (`DlrUrl`). */
export interface DlrDeps {
  store: CallbackStore;
  queue: CallbackQueue;
  caller: DeliveryCaller;
  /** Returns the value of an app setting that holds a customer's secret; undefined if it has no value. */
  secret: (setting: string) => string | undefined;
  schedule: RetrySchedule;
  /** Seconds for which a worker has a chunk before another worker may take it over. */
  leaseSeconds: number;
}

/** Dependencies of making callbacks. */
export interface CallbackDeps {
  dlr: DlrDeps;
  messages: { store: Pick<MessageStore, 'readHeader' | 'readChunk'> };
  directory: Pick<Directory, 'customer'>;
  /** Returns 32 random hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  /** Returns a number from 0 to below 1. */
  random: () => number;
  now: () => Date;
}
