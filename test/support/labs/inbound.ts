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
import { testCustomer, testNow } from './kernel.ts';

/** The address that phones write to, and the phone, where a test says nothing else. */
export const ourAddress = '16400';
export const phone = '358401234567';

/** A moment so many milliseconds after {@link testNow}. */
export function after(milliseconds: number): Date {
  return new Date(testNow.getTime() + milliseconds);
}

/** An SMS that a carrier got a moment ago. */
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

/** An SMS as it is first kept. */
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

/** A service that receives SMS to {@link ourAddress}, by keywords or everything else. */
export function receivingService(
  id: string,
  keywords: readonly string[] = [],
  { protocol = 'SMS', address = ourAddress }: { protocol?: 'SMS' | 'WhatsApp'; address?: string } = {},
): DirectoryService {
  const receivesOn = { protocol, address, keywords };
  return { id, name: id, type: 'TwoWay', senders: [], allowsReplies: false, receivesOn };
}

/** A directory of customers, each with its services. */
export function directoryOf(customers: Readonly<Record<string, readonly DirectoryService[]>>) {
  return createMemoryDirectory({
    customers: Object.entries(customers).map(([id, services]) => ({ ...testCustomer, id, services })),
    users: [],
  });
}

/** What receives and leads messages, in memory, with all that a test may look into. */
export type TestInbound = RouteInboundDeps &
  ReceiveInboundDeps & {
    inbound: { queue: ReturnType<typeof createMemoryInboundQueue> };
    /** Every message that subscribers were told of, in order. */
    notified: RoutedMessage[];
    /** What the carrier `simulated` was asked for, in order. */
    fetched: [reference: string, limit: number][];
    setNow: (moment: Date) => void;
  };

/**
 * Empty stores, a carrier that hands out attachments as its script says, a service `info` with the keyword INFO and a
 * service `rest` for all else, and a clock that stands at {@link testNow} until it is moved.
 */
export function createInbound(
  script: (reference: string, call: number) => AttachmentOutcome | Promise<AttachmentOutcome> = () => ({
    outcome: 'failed',
    reason: 'there is none',
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

/** Lets one call of the ports it wraps fail, and keeps what was called and what came of it. */
export interface Breaker {
  /** Each call with its answer, in order; a call that failed has none. */
  calls: { name: string; answer?: unknown }[];
  /** From now on, counted from 1, that call fails: before it does anything, or after, when only its answer is lost. */
  breakCall: (number: number, when: 'before' | 'after') => void;
  wrap: <Port extends object>(port: Port) => Port;
}

/** Makes one. */
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
