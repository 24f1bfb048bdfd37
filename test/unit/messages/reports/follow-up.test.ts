import { describe, expect, test } from 'vitest';

import { acceptMessage } from '../../../../src/messages/accept/accept-message.ts';
import { followUpUnreported } from '../../../../src/messages/reports/follow-up.ts';
import { foldMessage } from '../../../../src/messages/reports/fold-message.ts';
import { createReportRecorder, sendOutboundChunk } from '../../../../src/messages/index.ts';
import type { DeliveryReport, SendOutcome } from '../../../../src/messages/index.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  phones,
  preparedSend,
  sendRequest,
  sendingBy,
} from '../../../support/labs/messaging.ts';

const rejected: SendOutcome = { outcome: 'rejected', code: 'Barred', message: 'barred' };
const sent: SendOutcome = { outcome: 'sent' };
const later = new Date(testNow.getTime() + 1000);

/** A WhatsApp message to three phones that was sent; `fallback` is the sender of the SMS fallback. */
async function whatsApp({ outcomes = [sent, sent, sent], fallback }: { outcomes?: SendOutcome[]; fallback?: string }) {
  const carrier = createScriptedCarrier((batch) =>
    batch.protocol === 'SMS' ? batch.recipients.map(() => sent) : outcomes,
  );
  const deps = { ...createMessaging(), ...sendingBy(carrier), now: () => testNow };
  const prepared = preparedSend(3, {
    protocol: 'WhatsApp',
    sender: '358401000001',
    content: 'Maksu $($)(sum) €',
    ...(fallback === undefined ? {} : { fallbackSender: fallback }),
  });
  const { messageId, recipients } = await acceptMessage(sendRequest(), prepared, {}, deps);
  const work = async (): Promise<void> => {
    for (const { job } of deps.messages.queue.jobs.splice(0)) await sendOutboundChunk.handle(job, deps);
  };
  await work();
  const report = async (recipientIndex: number, status: DeliveryReport['status']): Promise<void> => {
    await createReportRecorder(deps).record([{ recipientId: recipients[recipientIndex]!.id, status, at: later }]);
  };
  const states = async () => foldMessage((await deps.messages.store.readMessage(messageId))!);
  const texts = () => carrier.batches.filter(({ protocol }) => protocol === 'SMS');
  return { deps, messageId, recipients, work, report, states, texts };
}

describe('a recipient whom WhatsApp does not reach', () => {
  test('gets the rendered text by SMS once, however often the failure is found', async () => {
    const { deps, work, report, states, texts, recipients } = await whatsApp({
      fallback: 'Arena',
      outcomes: [rejected, sent, sent],
    });
    // The check for unreported recipients is delayed; the SMS for the refused one is not.
    expect(deps.messages.queue.jobs.map(({ job, delaySeconds }) => [job.chunk, job.check, delaySeconds])).toEqual([
      [10_000, undefined, 0],
      [0, 'unreported', 3600],
    ]);
    deps.messages.queue.jobs.splice(1);
    await report(0, 'undelivered');
    await report(1, 'undelivered');
    await report(1, 'expired');
    await work();
    await work();
    expect(
      texts().map(({ sender, recipients: to }) => [
        sender,
        to.map(({ address, content, parts }) => [address, content, parts]),
      ]),
    ).toEqual([
      ['Arena', [[phones(3)[0], 'Maksu $(sum) €', 1]]],
      ['Arena', [[phones(3)[1], 'Maksu $(sum) €', 1]]],
    ]);
    const [first, second, third] = await states();
    expect([first?.status, second?.status, third?.status]).toEqual(['sent', 'sent', 'sent']);
    expect(first?.history?.map(({ protocol, status }) => [protocol, status])).toEqual([
      ['WhatsApp', 'undelivered'],
      ['SMS', 'sent'],
    ]);
    expect(third?.history).toBeUndefined();
    expect(first?.id).toBe(recipients[0]?.id);
    expect(deps.messages.failures.counted).toEqual([]);
  });

  test('gets the status of the SMS, and counts as failed only if the SMS fails too', async () => {
    const { deps, messageId, work, report, states } = await whatsApp({ fallback: 'Arena' });
    deps.messages.queue.jobs.length = 0;
    await report(2, 'undelivered');
    await work();
    expect(deps.messages.failures.counted).toEqual([]);
    const id = `${messageId}-1000200`;
    await createReportRecorder(deps).record([
      { recipientId: id, status: 'expired', code: '7', message: 'x', at: testNow },
    ]);
    const [, , third] = await states();
    expect(third).toMatchObject({ status: 'expired', note: { code: '7', message: 'x' } });
    expect(third?.history?.map(({ status }) => status)).toEqual(['undelivered', 'expired']);
    expect(deps.messages.failures.counted.map(({ number, recipientId }) => [number, recipientId])).toEqual([
      [phones(3)[2], id],
    ]);
  });

  test('gets no SMS if the message arrived after all', async () => {
    const { deps, report, work, texts } = await whatsApp({ fallback: 'Arena' });
    deps.messages.queue.jobs.length = 0;
    await report(0, 'delivered');
    await report(0, 'undelivered');
    await report(1, 'read');
    await report(1, 'failed');
    await work();
    expect(texts()).toEqual([]);
  });

  test('fails for good and is counted if the send asked for no fallback', async () => {
    const { deps, report, work, texts, recipients } = await whatsApp({ outcomes: [rejected, sent, sent] });
    await report(1, 'undelivered');
    await work();
    expect(texts()).toEqual([]);
    expect(deps.messages.failures.counted).toEqual(
      [0, 1].map((recipientIndex) => ({
        customerId: 'demo',
        number: phones(3)[recipientIndex],
        recipientId: recipients[recipientIndex]?.id,
        at: testNow,
      })),
    );
  });
});

describe('followUpUnreported', () => {
  test('starts the SMS once for recipients without a report', async () => {
    const { deps, messageId, report, work, texts } = await whatsApp({ fallback: 'Arena' });
    await report(0, 'delivered');
    deps.messages.queue.jobs.length = 0;
    expect(await followUpUnreported({ messageId, chunk: 0 }, deps)).toBe(2);
    await work();
    expect(await followUpUnreported({ messageId, chunk: 0 }, deps)).toBe(0);
    await work();
    expect(texts().flatMap(({ recipients }) => recipients.map(({ address }) => address))).toEqual(phones(3).slice(1));
  });

  test('changes nothing for a message without fallback, or one that does not exist', async () => {
    const { deps, messageId } = await whatsApp({});
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(await followUpUnreported({ messageId, chunk: 0 }, deps)).toBe(0);
    expect(await followUpUnreported({ messageId: 'ab'.repeat(16), chunk: 0 }, deps)).toBe(0);
    expect(deps.messages.queue.jobs).toEqual([]);
  });
});

test('a number that opted out is rejected at once, and no channel sends to it', async () => {
  const carrier = createScriptedCarrier();
  const deps = { ...createMessaging(), ...sendingBy(carrier), now: () => testNow };
  const [barred = '', ...others] = phones(3);
  const prepared = preparedSend(3, { protocol: 'WhatsApp', fallbackSender: 'Arena', optedOut: new Set([barred]) });
  const { messageId } = await acceptMessage(sendRequest(), prepared, {}, deps);
  for (const { job } of deps.messages.queue.jobs.splice(0)) await sendOutboundChunk.handle(job, deps);
  expect(carrier.batches.flatMap(({ recipients }) => recipients.map(({ address }) => address))).toEqual(others);
  const [first] = foldMessage((await deps.messages.store.readMessage(messageId))!);
  expect(first).toMatchObject({ status: 'rejected', note: { code: 'RecipientOptedOut' } });
  expect(deps.messages.failures.counted).toEqual([]);
});

test('reports on recipients that do not exist are ignored', async () => {
  const deps = { ...createMessaging(), now: () => testNow };
  const id = `${'ab'.repeat(16)}-00000`;
  await createReportRecorder(deps).record([{ recipientId: id, status: 'failed', at: testNow }]);
  await createReportRecorder(deps).record([{ recipientId: 'nothing', status: 'failed', at: testNow }]);
  expect(deps.messages.failures.counted).toEqual([]);
});
