import type { Directory } from '../directory/index.ts';
import type { MessageStore } from '../messages/index.ts';
import type { RetrySchedule } from '../notifications/index.ts';
import type { CallbackQueue, CallbackStore, DeliveryCaller } from './ports.ts';

/** What making callbacks works with. */
export interface CallbackDeps {
  callbackStore: CallbackStore;
  callbackQueue: CallbackQueue;
  messages: Pick<MessageStore, 'readHeader' | 'readChunk'>;
  directory: Pick<Directory, 'customer'>;
  deliveryCaller: DeliveryCaller;
  /** The value of an app setting that holds a customer's secret; undefined where it has none. */
  callbackSecret: (setting: string) => string | undefined;
  schedule: RetrySchedule;
  /** How long a worker may hold a chunk before another worker takes it for dead. */
  leaseSeconds: number;
  /** 32 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  /** A number from 0 to below 1. */
  random: () => number;
  now: () => Date;
}
