import { randomBytes } from 'node:crypto';

import type { Customer, Service } from '../../src/operation/access.ts';
import {
  acceptMessage,
  createRecentIds,
  createReportRecorder,
  newMessageId,
  prepareTextSend,
  sendOutboundChunk,
} from '../../src/messages/index.ts';
import type {
  AcceptDeps,
  MarketingOptOutsDeps,
  OutboundBatch,
  DeliverDeps,
  SendOutcome,
} from '../../src/messages/index.ts';
import { createMemoryDirectory } from '../support/fakes/directory.ts';
import { createMemoryMessageStore } from '../support/fakes/message-store.ts';
import { createMemoryOutboundQueue } from '../support/fakes/outbound-queue.ts';
import { createMemoryRequestStore } from '../support/fakes/request-store.ts';
import { ableCarrier, sendingBy } from '../support/labs/messaging.ts';
import { createTally } from './measure.ts';

/*
 * The app's own work without HTTP and without a storage account: accepting, the outbound worker and delivery reports on
 * the memory adapters, in one process. This is the one place of the bench that puts the app together by hand.
 */

const customer: Customer = { id: 'demo', name: 'Demo', region: 'FI', timeZone: 'Europe/Helsinki' };
const service: Service = {
  id: 'demo-oneway',
  name: 'OneWay',
  type: 'OneWay',
  senders: ['SmartDialog'],
  allowsReplies: false,
};
const now = (): Date => new Date();

/** An app in memory, with a carrier that accepts every message and reports it as delivered. */
export interface MemoryApp {
  /** Accepts a parsed body of a send, and gives its jobs to the worker. */
  send(body: unknown): Promise<void>;
  /** Resolves when `atLeast` recipients in all have a final status. */
  final(atLeast: number): Promise<void>;
}

/** @param reportsPerCall how many reports come in one call */
export function createMemoryApp(reportsPerCall: number): MemoryApp {
  const outbound = createMemoryOutboundQueue();
  const messages = createMemoryMessageStore();
  const accepting: AcceptDeps = {
    messages: {
      store: messages,
      queue: outbound,
      requests: createMemoryRequestStore(),
      newId: (about) => newMessageId(about, 1, randomBytes),
      keysByTracking: true,
      checkDlrUrl: () => undefined,
      recentlyQueued: createRecentIds(),
    },
  };
  const directory = createMemoryDirectory({ customers: [], users: [] });
  const optOuts: MarketingOptOutsDeps['optOuts'] = {
    numbers: async () => new Set(),
    add: async () => {},
    remove: async () => {},
  };
  const nobody = { record: async () => {} };
  const followUps = {
    messages: { store: messages, queue: outbound, failures: nobody, finalStatuses: nobody },
    now,
  };
  const recorder = createReportRecorder(followUps);
  const final = createTally();

  const report = async (batch: OutboundBatch): Promise<void> => {
    for (let from = 0; from < batch.recipients.length; from += reportsPerCall) {
      const lot = batch.recipients.slice(from, from + reportsPerCall);
      await recorder.record(lot.map(({ recipientId }) => ({ recipientId, status: 'delivered', at: now() })));
      final.add(lot.length);
    }
  };
  const sending: DeliverDeps = {
    messages: { ...followUps.messages, replies: nobody, fallbackAfterSeconds: 3_600, leaseSeconds: 120 },
    now,
    directory,
    ...sendingBy({
      name: 'memory',
      capabilities: ableCarrier,
      async send(batch) {
        setImmediate(() => void report(batch));
        return batch.recipients.map((): SendOutcome => ({ outcome: 'sent' }));
      },
    }),
  };

  return {
    async send(body) {
      const { prepared, problems } = await prepareTextSend(
        { body, customer, service, now: now() },
        { directory, optOuts, messages: { checkDlrUrl: () => undefined } },
      );
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      const request = { customerId: customer.id, serviceId: service.id, userId: 'demo-user', acceptedAt: now() };
      await acceptMessage(request, prepared, body, accepting);
      for (const { job } of outbound.jobs.splice(0)) await sendOutboundChunk.handle(job, sending);
    },
    final: final.reached,
  };
}
