import { describe, expect, test } from 'vitest';

import { acceptMessage } from '../../../../src/messages/accept/accept-message.ts';
import { packChunk } from '../../../../src/messages/stored-form.ts';
import { cancelMessage, sendOutboundChunk } from '../../../../src/messages/index.ts';
import type { OutboundJob } from '../../../../src/messages/index.ts';
import { createMemoryOutboundQueue } from '../../../support/fakes/outbound-queue.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  createSending,
  preparedSend,
  sendRequest,
} from '../../../support/labs/messaging.ts';

/** Dependencies whose queue keeps carried chunks, and whose reads of chunks are counted. */
function createCarrying(carrier = createScriptedCarrier()) {
  const messaging = createMessaging();
  const { store } = messaging.messages;
  const queue = createMemoryOutboundQueue({ carries: true });
  let reads = 0;
  const counted: typeof store = {
    ...store,
    readChunk(...given) {
      reads += 1;
      return store.readChunk(...given);
    },
  };
  const sending = createSending({ messages: { store: counted, queue } }, carrier);
  const deps = { ...messaging, ...sending, messages: { ...messaging.messages, ...sending.messages, queue } };
  const accept = async (details = {}) => {
    const { messageId } = await acceptMessage(sendRequest(), preparedSend(1, details), {}, deps);
    return messageId;
  };
  const statusOf = async (id: string) => (await store.readChunk(id, 0))?.chunk.statuses;
  return { deps, carrier, accept, statusOf, reads: () => reads };
}

/** A job as it stands on the queue. */
function onQueue({ carried, ...job }: OutboundJob): object {
  return JSON.parse(JSON.stringify(carried === undefined ? job : { ...job, carried: packChunk(carried) })) as object;
}

const takeAll = (queue: { jobs: { job: OutboundJob }[] }): object[] =>
  queue.jobs.splice(0).map(({ job }) => onQueue(job));

describe('a small chunk', () => {
  test('travels in its queue message, and is sent without a read', async () => {
    const { deps, accept, statusOf, reads, carrier } = createCarrying();
    const messageId = await accept({
      content: 'Hei $(name)',
      recipients: [{ address: '35840', parts: 1, values: ['Ä😀"'] }],
    });
    const [job] = takeAll(deps.messages.queue);
    expect(await sendOutboundChunk.handle(job, deps)).toEqual({ messageId, chunk: 0, result: 'sent' });
    expect(reads()).toBe(0);
    expect(carrier.batches[0]?.recipients[0]).toMatchObject({ address: '35840', content: 'Hei Ä😀"' });
    expect(await statusOf(messageId)).toEqual(['sent']);
  });

  test('that has changed since is read from the store', async () => {
    const { deps, accept, reads, carrier } = createCarrying();
    await accept();
    const [job] = takeAll(deps.messages.queue);
    await sendOutboundChunk.handle(job, deps);
    // The same job again, as after a crash right after the last write.
    expect(await sendOutboundChunk.handle(job, deps)).toMatchObject({ result: 'nothingToDo' });
    expect([reads(), carrier.batches.length]).toEqual([2, 1]);
  });

  test.each<[string, object, number]>([
    ['is scheduled', { sendAt: new Date(testNow.getTime() + 1_000) }, 1],
    ['is long', { content: 'x'.repeat(2_000) }, 1],
  ])('that %s does not travel in its queue message', async (_, details) => {
    const { deps, accept } = createCarrying();
    await accept(details);
    expect(deps.messages.queue.jobs.map(({ job }) => job.carried)).toEqual([undefined]);
  });

  test('is not sent if it was cancelled', async () => {
    const { deps, accept, carrier, statusOf } = createCarrying();
    const sendAt = new Date(testNow.getTime() + 60_000);
    const messageId = await accept({ sendAt });
    const [job] = takeAll(deps.messages.queue);
    expect(await cancelMessage(messageId, deps)).toEqual({ outcome: 'done', canceled: 1, kept: 0 });
    expect(await sendOutboundChunk.handle(job, { ...deps, now: () => sendAt })).toMatchObject({
      result: 'nothingToDo',
    });
    expect([carrier.batches, await statusOf(messageId)]).toEqual([[], ['canceled']]);
  });
});

describe('jobs that share a queue message', () => {
  test('are all done', async () => {
    const { deps, accept, statusOf } = createCarrying();
    const ids = [await accept(), await accept(), await accept()];
    const result = await sendOutboundChunk.handle({ jobs: takeAll(deps.messages.queue) }, deps);
    expect(result).toEqual({ results: ids.map((messageId) => ({ messageId, chunk: 0, result: 'sent' })) });
    for (const id of ids) expect(await statusOf(id)).toEqual(['sent']);
  });

  test('are done although one fails, which is queued again individually', async () => {
    let failing = true;
    const carrier = createScriptedCarrier(({ messageId, recipients }) => {
      if (failing && messageId === bad) throw new Error('a fault of ours');
      return recipients.map(() => ({ outcome: 'sent' }));
    });
    const { deps, accept, statusOf } = createCarrying(carrier);
    const good = await accept();
    const bad = await accept();
    const jobs = takeAll(deps.messages.queue);
    expect(await sendOutboundChunk.handle({ jobs }, deps)).toEqual({
      results: [
        { messageId: good, chunk: 0, result: 'sent' },
        { messageId: bad, chunk: 0, result: 'failed' },
      ],
      error: new Error('a fault of ours'),
      failures: 1,
    });
    expect([await statusOf(good), await statusOf(bad)]).toEqual([['sent'], ['queued']]);
    const again = { messageId: bad, chunk: 0 };
    expect(deps.messages.queue.jobs).toEqual([{ job: again, delaySeconds: 60 }]);
    failing = false;
    await sendOutboundChunk.handle(again, { ...deps, now: () => new Date(testNow.getTime() + 120_000) });
    expect([await statusOf(good), await statusOf(bad)]).toEqual([['sent'], ['sent']]);
  });

  test.each([
    { jobs: [] },
    { jobs: [null, {}] },
    { jobs: 'x' },
    { jobs: [{ messageId: '0'.repeat(32), chunk: 0 }, {}] },
  ])('are refused if one is not a job: %j', async (message) => {
    const { deps } = createCarrying();
    await expect(sendOutboundChunk.handle(message, deps)).rejects.toThrow('not a job for the outbound queue');
  });
});
