import type { RetrySchedule } from '../http-delivery/index.ts';
import type { Directory } from '../directory/index.ts';
import type { MessageStore } from '../messages/index.ts';
import type { CallbackQueue, CallbackStore, DeliveryCaller } from './ports.ts';

/** The calls of delivery-report addresses (DlrUrl). */
export interface DlrDeps {
  store: CallbackStore;
  queue: CallbackQueue;
  caller: DeliveryCaller;
  /** The value of an app setting that holds a customer's secret; undefined where it has none. */
  secret: (setting: string) => string | undefined;
  schedule: RetrySchedule;
  /** How long a worker may keep a chunk before another worker may take it over, in seconds. */
  leaseSeconds: number;
}

/** What making callbacks needs. */
export interface CallbackDeps {
  dlr: DlrDeps;
  messages: { store: Pick<MessageStore, 'readHeader' | 'readChunk'> };
  directory: Pick<Directory, 'customer'>;
  /** 32 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  /** A number from 0 to below 1. */
  random: () => number;
  now: () => Date;
}
