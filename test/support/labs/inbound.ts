import type {
  AttachmentOutcome,
  TimedEvent,
  InboundMessage,
  RouteInboundDeps,
  RoutedMessage,
} from '../../../src/conversations/index.ts';
import type { ReceiveInboundDeps } from '../../../src/conversations/index.ts';
import type { DirectoryService } from '../../../src/directory/index.ts';
import { createMemoryAttachmentStore } from '../fakes/attachment-store.ts';
import { createMemoryCarrierIdStore } from '../fakes/carrier-id-store.ts';
import { createMemoryDirectory } from '../fakes/directory.ts';
import { createMemoryInboundQueue } from '../fakes/inbound-queue.ts';
import { createMemoryInboundStore } from '../fakes/inbound-store.ts';
import { createMemoryThreadStore } from '../fakes/thread-store.ts';
import { after, testCustomer, testNow } from './kernel.ts';

/** The default address that phones write to, and the default phone. */
export const ourAddress = '16400';
export const phone = '358401234567';

/** Returns an SMS that a carrier received a second ago, with some fields replaced. */
export function inboundEvent(details: Partial<TimedEvent> = {}): TimedEvent {
  return {
    carrierMessageId: 'c-1',
    sender: phone,
    recipient: ourAddress,
    protocol: 'SMS',
    content: 'Hei!',
    at: after(-1_000),
    attachments: [],
    ...details,
  };
}

/** Returns an SMS as it is first stored, with some fields replaced. */
export function inboundMessage(details: Partial<InboundMessage> = {}): InboundMessage {
  return {
    ...inboundEvent(),
    id: `i${'1'.repeat(32)}`,
    carrier: 'simulated',
    receivedAt: testNow,
    state: 'received',
    attachments: [],
    attempts: 0,
    ...details,
  };
}

/** Returns a service that receives on an address (default: SMS to {@link ourAddress}), by keywords or without. */
export function receivingService(
  id: string,
  keywords: readonly string[] = [],
  { protocol = 'SMS', address = ourAddress }: { protocol?: 'SMS' | 'WhatsApp'; address?: string } = {},
): DirectoryService {
  const receivesOn = { protocol, address, keywords };
  return { id, name: id, type: 'TwoWay', senders: [], allowsReplies: false, receivesOn };
}

/** Creates a directory of customers, each with its services. */
export function directoryOf(customers: Readonly<Record<string, readonly DirectoryService[]>>) {
  return createMemoryDirectory({
    customers: Object.entries(customers).map(([id, services]) => ({ ...testCustomer, id, services })),
    users: [],
  });
}

/** The dependencies that receive and route messages, in memory, and what tests inspect. */
export type TestInbound = RouteInboundDeps &
  ReceiveInboundDeps & {
    inbound: { queue: ReturnType<typeof createMemoryInboundQueue> };
    /** Every message that subscribers were notified of, in order. */
    notified: RoutedMessage[];
    /** The attachments that the carrier `simulated` was asked for, in order. */
    fetched: [reference: string, limit: number][];
    setNow: (moment: Date) => void;
  };

/**
 * Creates empty stores, a carrier that provides attachments as the script says, a service `info` with the keyword INFO,
 * a service `rest` for all other SMS, a service `whatsapp`, and a clock that stands at {@link testNow} until it is set.
 */
export function createInbound(
  script: (reference: string, call: number) => AttachmentOutcome | Promise<AttachmentOutcome> = () => ({
    outcome: 'failed',
    reason: 'there is no attachment',
  }),
): TestInbound {
  let secrets = 0;
  let now = testNow;
  const notified: RoutedMessage[] = [];
  const fetched: [string, number][] = [];
  return {
    inbound: {
      store: createMemoryInboundStore(),
      queue: createMemoryInboundQueue(),
      notifier: {
        async notify(message) {
          notified.push(message);
          return 2;
        },
      },
    },
    carriers: { ids: createMemoryCarrierIdStore() },
    threads: { store: createMemoryThreadStore(), hours: 24 },
    attachments: {
      store: createMemoryAttachmentStore(),
      sources: new Map([
        [
          'simulated',
          {
            async fetchAttachment(reference, limit) {
              fetched.push([reference, limit]);
              return script(reference, fetched.length);
            },
          },
        ],
      ]),
      maxBytes: 1_000,
      hours: 48,
    },
    directory: directoryOf({
      demo: [
        receivingService('info', ['Info']),
        receivingService('rest'),
        receivingService('whatsapp', [], { protocol: 'WhatsApp' }),
      ],
    }),
    newSecret() {
      secrets += 1;
      return secrets.toString(16).padStart(32, '0');
    },
    now: () => now,
    notified,
    fetched,
    setNow(moment) {
      now = moment;
    },
  };
}

/** Makes one call of the ports it wraps fail, and records all calls with their answers. */
export interface Breaker {
  /** Each call with its answer, in order; a failed call has no answer. */
  calls: { name: string; answer?: unknown }[];
  /**
   * Makes the call with this number, counted from now and from 1, fail: before it takes effect, or after, losing its
   * answer.
   */
  breakCall: (number: number, when: 'before' | 'after') => void;
  wrap: <Port extends object>(port: Port) => Port;
}

/** Creates a breaker. */
export function createBreaker(): Breaker {
  const calls: Breaker['calls'] = [];
  let left = 0;
  let moment: 'before' | 'after' | undefined;
  const around =
    (name: string, method: (...values: unknown[]) => Promise<unknown>) =>
    async (...values: unknown[]): Promise<unknown> => {
      left -= 1;
      const breaks = left === 0 ? moment : undefined;
      const call: Breaker['calls'][number] = { name };
      calls.push(call);
      if (breaks === 'before') throw new Error(`${name} failed`);
      const answer = await method(...values);
      if (breaks === 'after') throw new Error(`the answer of ${name} was lost`);
      call.answer = answer;
      return answer;
    };
  return {
    calls,
    breakCall(number, when) {
      left = number;
      moment = when;
    },
    wrap: <Port extends object>(port: Port): Port =>
      Object.fromEntries(
        Object.entries(port).map(([name, member]: [string, unknown]) => [
          name,
          typeof member === 'function' ? around(name, member.bind(port) as never) : member,
        ]),
      ) as Port,
  };
}
