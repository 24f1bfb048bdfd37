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

/** As many different mobile numbers as asked for, in the form in which they are stored. */
export function phones(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `35840${1_000_000 + index}`);
}

/** The body of a good send to one phone, with other fields where a test says so. */
export function sendBody(details: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    Sender: 'Arena',
    Content: 'Hei!',
    Protocol: 'SMS',
    Recipients: [{ Address: '358401234567' }],
    ...details,
  };
}

/** What acceptMessage is told about who sends, accepted at {@link testNow}. */
export function sendRequest(details: Partial<SendRequest> = {}): SendRequest {
  return {
    customerId: 'demo',
    serviceId: 'demo-oneway',
    userId: 'demo-user',
    acceptedAt: testNow,
    ...details,
  };
}

/** A send of `Hei!` to so many phones, as prepareSend makes it. */
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

/** The id of a message, with that number for what is random in it. */
function testIdOf(about: MessageIdParts, number: number): string {
  return newMessageId(about, 1, (size) => {
    const bytes = new Uint8Array(size);
    bytes[size - 1] = number;
    return bytes;
  });
}

/** The id of a message of the demo customer that is due now, with that number for what is random in it. */
export function testMessageId(number: number): string {
  return testIdOf({ customerId: 'demo', dueAt: testNow, callbacks: false }, number);
}

/** Messages in memory, with all that a test may look into. */
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

/** Empty stores in memory, a queue that can be looked into, and message ids that count from 1. */
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

/** Keeps the replies that it is told of. */
function createReplyList(): ReplyRecorder & { noted: OutgoingReply[] } {
  const noted: OutgoingReply[] = [];
  return {
    noted,
    async record(replies) {
      noted.push(...replies);
    },
  };
}

/** Keeps the final statuses that it is told of. */
function createFinalStatusList(): FinalStatusRecorder & { settled: FinalRecipient[] } {
  const settled: FinalRecipient[] = [];
  return {
    settled,
    async record(recipients) {
      settled.push(...recipients);
    },
  };
}

/** Keeps the failures that it is told of. */
function createFailureList(): FailureCounter & { counted: FinalFailure[] } {
  const counted: FinalFailure[] = [];
  return {
    counted,
    async record(failures) {
      counted.push(...failures);
    },
  };
}

/** A carrier that answers each batch as its script says, and keeps what it got. */
export interface ScriptedCarrier extends OutboundCarrier {
  readonly batches: OutboundBatch[];
}

/** By default, a carrier that takes a hundred recipients in one call, recognises repeats and sends everything. */
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

/** A limiter that lets everything through. */
const openLimiter: CarrierLimiter = {
  acquire: async (_, { count }) => ({ acquired: count, waitSeconds: 0 }),
  report: () => {},
};

/** What a worker sends with: these carriers, through an open limiter. */
export function sendingBy(...carriers: OutboundCarrier[]): Pick<DeliverDeps, 'carriers'> {
  return {
    carriers: {
      byName: new Map(carriers.map((carrier) => [carrier.name, carrier])),
      limiter: openLimiter,
      ids: createMemoryCarrierIdStore(),
    },
  };
}

/** The script of a carrier that has no objections. */
export function everythingSent({ recipients }: OutboundBatch): SendOutcome[] {
  return recipients.map(() => ({ outcome: 'sent' }));
}

/** What a worker needs around stores and a carrier, with a clock that the test may move. */
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

/** Takes the jobs that a queue holds, so that the next look shows only what came since. */
export function takeJobs(queue: {
  jobs: { job: OutboundJob; delaySeconds: number }[];
}): { job: OutboundJob; delaySeconds: number }[] {
  return queue.jobs.splice(0);
}
