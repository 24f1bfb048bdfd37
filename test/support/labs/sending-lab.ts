import { acceptMessage } from '../../../src/messages/index.ts';
import type {
  CarrierLimiter,
  Chunk,
  ChunkProgress,
  OutboundCarrier,
  SendOutcome,
} from '../../../src/messages/index.ts';
import type { DirectoryService } from '../../../src/directory/index.ts';
import { sendChunk } from '../../../src/messages/deliver/send-chunk.ts';
import { createMemoryDirectory } from '../fakes/directory.ts';
import { testCustomer, testNow } from './kernel.ts';
import { createMessaging, createSending, preparedSend, sendingBy, sendRequest, takeJobs } from './messaging.ts';

/** The time `count` seconds after {@link testNow}. */
export const seconds = (count: number): Date => new Date(testNow.getTime() + count * 1000);

/** The parts of the lab that a test may replace. */
interface LabDetails {
  prepared?: Parameters<typeof preparedSend>[1];
  /** The service that sends, as the directory has it. */
  service?: Partial<DirectoryService>;
  limiter?: CarrierLimiter;
}

/**
 * An accepted message whose job was taken off the queue, the dependencies of a worker, and a clock that only the test
 * moves.
 */
export async function acceptedMessage(
  recipientCount: number,
  [first, ...others]: readonly [OutboundCarrier, ...OutboundCarrier[]],
  { prepared = {}, service, limiter }: LabDetails = {},
) {
  const messaging = createMessaging();
  let now = testNow;
  const oneWay = {
    id: 'demo-oneway',
    name: 'OneWay',
    type: 'OneWay',
    senders: ['Arena'],
    allowsReplies: false,
  } as const;
  const services = service === undefined ? [] : [{ ...oneWay, ...service }];
  const { carriers } = sendingBy(first, ...others);
  const deps = {
    ...createSending(messaging, first, () => now),
    carriers: { ...carriers, ...(limiter === undefined ? {} : { limiter }) },
    directory: createMemoryDirectory({ customers: [{ ...testCustomer, id: 'demo', services }], users: [] }),
  };
  const { messageId } = await acceptMessage(sendRequest(), preparedSend(recipientCount, prepared), {}, messaging);
  const job = { messageId, chunk: 0 };
  takeJobs(messaging.messages.queue);
  const readFound = async () => {
    const found = await messaging.messages.store.readChunk(messageId, 0);
    if (found === undefined) throw new Error('the chunk is gone');
    return found;
  };
  return {
    deps,
    job,
    queue: messaging.messages.queue,
    setNow(moment: Date) {
      now = moment;
    },
    send: () => sendChunk(job, deps),
    read: async (): Promise<Chunk> => (await readFound()).chunk,
    /** Puts the chunk into a state that a dead worker left behind. */
    async leave(progress: Partial<ChunkProgress>): Promise<void> {
      const found = await readFound();
      const { statuses, notes, references, attempts, updatedAt } = found.chunk;
      const left = { statuses, notes, references, attempts, updatedAt, ...progress };
      await messaging.messages.store.updateChunk(found, left);
    },
  };
}

/** Outcomes as carriers give them. */
export const outcomes = {
  sent: { outcome: 'sent', carrierReference: 'c-1' },
  rejected: { outcome: 'rejected', code: 'blocked', message: 'The number is blocked.' },
  unknown: { outcome: 'unknown', code: 'timeout', message: 'No answer in time.', reason: 'inDoubt' },
  retry: { outcome: 'retry', code: 'busy', message: 'Not now.' },
  throttled: { outcome: 'retry', code: 'full', message: 'Too many at once.', reason: 'throttled' },
  down: { outcome: 'retry', code: 'CarrierUnavailable', message: 'Down.', reason: 'carrierUnavailable' },
  lost: {
    outcome: 'retry',
    code: 'Timeout',
    message: 'No answer.',
    reason: 'carrierUnavailable',
    mayHaveArrived: true,
  },
} as const satisfies Record<string, SendOutcome>;
