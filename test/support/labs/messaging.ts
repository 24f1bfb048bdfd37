import type { Directory } from '../../../src/directory/index.ts';
import type { SendRequest } from '../../../src/messages/accept/accept-message.ts';
import { createRecentIds } from '../../../src/messages/accept/recent-ids.ts';
import type { MessageIdParts } from '../../../src/messages/message-id.ts';
import { newMessageId } from '../../../src/messages/index.ts';
import type {
  CarrierCapabilities,
  CarrierLimiter,
  ChunkRecipient,
  FailureCounter,
  FinalFailure,
  OutboundBatch,
  OutboundCarrier,
  OutboundJob,
  OutgoingReply,
  ReplyRecorder,
  DeliverDeps,
  SendOutcome,
  FinalRecipient,
  FinalStatusRecorder,
} from '../../../src/messages/index.ts';
import type { OptOutList } from '../../../src/opt-outs/index.ts';
import type { PreparedSend } from '../../../src/messages/compose/prepare-send.ts';
import { createMemoryCarrierIdStore } from '../fakes/carrier-id-store.ts';
import { createMemoryDirectory } from '../fakes/directory.ts';
import { createMemoryMessageStore } from '../fakes/message-store.ts';
import { createMemoryOutboundQueue } from '../fakes/outbound-queue.ts';
import { createMemoryRequestStore } from '../fakes/request-store.ts';
import { testNow } from './kernel.ts';
import type { MessagesDeps } from '../../../src/messages/deps.ts';

/** Returns `count` different mobile numbers, in the form in which they are stored. */
export function phones(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `35840${1_000_000 + index}`);
}

/** The body of a valid send to one phone; `details` replace its fields. */
export function sendBody(details: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    Sender: 'Arena',
    Content: 'Hei!',
    Protocol: 'SMS',
    Recipients: [{ Address: '358401234567' }],
    ...details,
  };
}

/** The request of a send, accepted at {@link testNow}, as acceptMessage takes it. */
export function sendRequest(details: Partial<SendRequest> = {}): SendRequest {
  return {
    customerId: 'demo',
    serviceId: 'demo-oneway',
    userId: 'demo-user',
    acceptedAt: testNow,
    ...details,
  };
}

/** A send of `Hei!` to `recipientCount` phones, as prepareSend returns it. */
export function preparedSend(recipientCount: number, details: Partial<PreparedSend> = {}): PreparedSend {
  const recipients = phones(recipientCount).map((address): ChunkRecipient => ({ address, parts: 1, values: [] }));
  return {
    protocol: 'SMS',
    sender: 'Arena',
    content: 'Hei!',
    recipients,
    partCount: 1,
    guessedNumbers: 0,
    optedOut: new Set(),
    ...details,
  };
}

/** The id of a message in which `number` takes the place of the random digits. */
function testIdOf(about: MessageIdParts, number: number): string {
  return newMessageId(about, 1, (size) => {
    const bytes = new Uint8Array(size);
    bytes[size - 1] = number;
    return bytes;
  });
}

/** The id of a message of the demo customer that is due now, with `number` for the random digits. */
export function testMessageId(number: number): string {
  return testIdOf({ customerId: 'demo', dueAt: testNow, callbacks: false }, number);
}

/** Messages in memory whose records a test can read. */
type TestMessages = Omit<MessagesDeps, 'store' | 'queue' | 'failures' | 'replies' | 'finalStatuses'> & {
  store: ReturnType<typeof createMemoryMessageStore>;
  queue: ReturnType<typeof createMemoryOutboundQueue>;
  failures: FailureCounter & { counted: FinalFailure[] };
  replies: ReplyRecorder & { noted: OutgoingReply[] };
  finalStatuses: FinalStatusRecorder & { settled: FinalRecipient[] };
};

interface TestMessaging {
  messages: TestMessages;
  directory: Directory;
  optOuts: OptOutList;
}

/** Creates empty stores in memory, a queue whose jobs a test can read, and message ids that count from 1. */
export function createMessaging(): TestMessaging {
  let made = 0;
  return {
    messages: {
      store: createMemoryMessageStore(),
      requests: createMemoryRequestStore(),
      queue: createMemoryOutboundQueue(),
      failures: createFailureList(),
      replies: createReplyList(),
      finalStatuses: createFinalStatusList(),
      fallbackAfterSeconds: 3600,
      reportTimeoutSeconds: 172_800,
      newId(about) {
        made += 1;
        return testIdOf(about, made);
      },
      keysByTracking: true,
      checkDlrUrl: () => undefined,
      recentlyQueued: createRecentIds(),
      leaseSeconds: 120,
    },
    directory: createMemoryDirectory({ customers: [], users: [] }),
    optOuts: { numbers: async () => new Set(), add: async () => {}, remove: async () => {} },
  };
}

/** Keeps the replies that are recorded. */
function createReplyList(): ReplyRecorder & { noted: OutgoingReply[] } {
  const noted: OutgoingReply[] = [];
  return {
    noted,
    async record(replies) {
      noted.push(...replies);
    },
  };
}

/** Keeps the final statuses that are recorded. */
function createFinalStatusList(): FinalStatusRecorder & { settled: FinalRecipient[] } {
  const settled: FinalRecipient[] = [];
  return {
    settled,
    async record(recipients) {
      settled.push(...recipients);
    },
  };
}

/** Keeps the failures that are recorded. */
function createFailureList(): FailureCounter & { counted: FinalFailure[] } {
  const counted: FinalFailure[] = [];
  return {
    counted,
    async record(failures) {
      counted.push(...failures);
    },
  };
}

/** A carrier that answers each batch by a script, and keeps the batches. */
export interface ScriptedCarrier extends OutboundCarrier {
  readonly batches: OutboundBatch[];
}

/**
 * Creates a scripted carrier. By default it takes a hundred recipients in one call, recognises repeats and sends
 * everything.
 */
export function createScriptedCarrier(
  script: (batch: OutboundBatch, call: number) => SendOutcome[] | Promise<SendOutcome[]> = everythingSent,
  capabilities: Partial<CarrierCapabilities> = {},
): ScriptedCarrier {
  const batches: OutboundBatch[] = [];
  return {
    name: 'scripted',
    capabilities: { ...ableCarrier, ...capabilities },
    batches,
    async send(batch) {
      batches.push(batch);
      return script(batch, batches.length);
    },
  };
}

/** A carrier that can do everything, a hundred recipients at a time. */
export const ableCarrier: CarrierCapabilities = {
  protocols: ['SMS', 'WhatsApp'],
  senderKinds: ['alphanumeric', 'shortCode', 'longCode'],
  sendsTemplates: true,
  sendsButtons: true,
  batchSize: 100,
  idempotent: true,
  reports: true,
  rates: [],
};

/** A limiter that gives every permit. */
const openLimiter: CarrierLimiter = {
  acquire: async (_, { count }) => ({ acquired: count, waitSeconds: 0 }),
  report: () => {},
};

/** The carriers of a worker: the given ones, with a limiter that gives every permit. */
export function sendingBy(...carriers: OutboundCarrier[]): Pick<DeliverDeps, 'carriers'> {
  return {
    carriers: {
      byName: new Map(carriers.map((carrier) => [carrier.name, carrier])),
      limiter: openLimiter,
      ids: createMemoryCarrierIdStore(),
    },
  };
}

/** The script of a carrier that sends everything. */
export function everythingSent({ recipients }: OutboundBatch): SendOutcome[] {
  return recipients.map(() => ({ outcome: 'sent' }));
}

/** The dependencies of a worker around the given stores and carrier; the test may move the clock. */
export function createSending(
  { messages }: { messages: Pick<MessagesDeps, 'store' | 'queue'> },
  carrier: OutboundCarrier,
  now: () => Date = () => testNow,
) {
  return {
    messages: {
      store: messages.store,
      queue: messages.queue,
      failures: createFailureList(),
      replies: createReplyList(),
      finalStatuses: createFinalStatusList(),
      fallbackAfterSeconds: 300,
      leaseSeconds: 120,
    },
    ...sendingBy(carrier),
    directory: createMemoryDirectory({ customers: [], users: [] }),
    now,
  };
}

/** Takes all jobs off a queue, so that later only new jobs are there. */
export function takeJobs(queue: {
  jobs: { job: OutboundJob; delaySeconds: number }[];
}): { job: OutboundJob; delaySeconds: number }[] {
  return queue.jobs.splice(0);
}
