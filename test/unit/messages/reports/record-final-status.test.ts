import { describe, expect, test } from 'vitest';

import { acceptMessage } from '../../../../src/messages/accept/accept-message.ts';
import { createReportRecorder, sendOutboundChunk } from '../../../../src/messages/index.ts';
import type { DeliveryReport, SendOutcome } from '../../../../src/messages/index.ts';
import { giveUpChunk } from '../../../../src/messages/deliver/give-up-chunk.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  phones,
  preparedSend,
  sendRequest,
  sendingBy,
} from '../../../support/labs/messaging.ts';

const sent: SendOutcome = { outcome: 'sent' };
const rejected: SendOutcome = { outcome: 'rejected', code: 'Barred', message: 'barred' };
const lost: SendOutcome = { outcome: 'unknown', code: 'Timeout', message: 'no answer' };
const busy: SendOutcome = { outcome: 'retry', code: 'Busy', message: 'later' };
const later = new Date(testNow.getTime() + 1_000);

interface Setting {
  outcomes?: SendOutcome[];
  prepared?: Parameters<typeof preparedSend>[1];
  dlrUrl?: string;
  idempotent?: boolean;
}

/** A message to three phones whose sender wants callbacks, unless `dlrUrl` is empty. */
async function acceptedMessage({
  outcomes = [sent, sent, sent],
  prepared = {},
  dlrUrl = 'https://example.com',
  idempotent = true,
}: Setting = {}) {
  let now = testNow;
  const carrier = createScriptedCarrier(
    (batch) =>
      batch.protocol === 'SMS' && prepared.protocol === 'WhatsApp' ? batch.recipients.map(() => sent) : outcomes,
    { idempotent },
  );
  const deps = { ...createMessaging(), ...sendingBy(carrier), now: () => now };
  const request = sendRequest(dlrUrl === '' ? {} : { dlrUrl });
  const { messageId } = await acceptMessage(request, preparedSend(3, prepared), {}, deps);
  const report = (recipientIndex: number, status: DeliveryReport['status'], chunk = '000') =>
    createReportRecorder(deps).record([
      {
        recipientId: `${messageId}-${chunk}0${recipientIndex}`,
        status,
        at: later,
        ...(status === 'delivered' ? {} : { code: 'C' }),
      },
    ]);
  return {
    deps,
    messageId,
    report,
    setNow: (time: Date) => void (now = time),
    work: async () => {
      for (const { job } of deps.messages.queue.jobs.splice(0)) await sendOutboundChunk.handle(job, deps);
    },
    notified: () =>
      deps.messages.finalStatuses.settled.map(({ chunk, recipientIndex, status, code }) => [
        chunk,
        recipientIndex,
        status,
        code,
      ]),
  };
}

describe('a sender who wants callbacks is notified', () => {
  test('of recipients whom the carrier refuses or leaves in doubt, with the code, and of no others', async () => {
    const { work, notified } = await acceptedMessage({ outcomes: [rejected, sent, lost] });
    await work();
    expect(notified()).toEqual([
      [0, 0, 'rejected', 'Barred'],
      [0, 2, 'unknown', 'Timeout'],
    ]);
  });

  test('of final reports only', async () => {
    const { work, report, notified } = await acceptedMessage();
    await work();
    for (const [recipientIndex, status] of [
      [0, 'sent'],
      [0, 'delivered'],
      [1, 'read'],
      [2, 'undelivered'],
    ] as const)
      await report(recipientIndex, status);
    expect(notified()).toEqual([
      [0, 0, 'delivered', undefined],
      [0, 1, 'read', 'C'],
      [0, 2, 'undelivered', 'C'],
    ]);
  });

  test('of recipients who opted out, when the others are sent to', async () => {
    const [first = ''] = phones(1);
    const { work, notified } = await acceptedMessage({ prepared: { optedOut: new Set([first]) } });
    await work();
    expect(notified()).toEqual([[0, 0, 'rejected', 'RecipientOptedOut']]);
  });

  test('of recipients who opted out, if there are no others', async () => {
    const { work, notified } = await acceptedMessage({ prepared: { optedOut: new Set(phones(3)) } });
    await work();
    expect(notified().map(([, recipientIndex, status]) => [recipientIndex, status])).toEqual([
      [0, 'rejected'],
      [1, 'rejected'],
      [2, 'rejected'],
    ]);
  });

  test('of recipients of a chunk that is given up', async () => {
    const { deps, messageId, notified } = await acceptedMessage();
    await giveUpChunk({ messageId, chunk: 0 }, deps);
    expect(notified().map(([, recipientIndex, status, code]) => [recipientIndex, status, code])).toEqual([
      [0, 'failed', 'ProcessingFailed'],
      [1, 'failed', 'ProcessingFailed'],
      [2, 'failed', 'ProcessingFailed'],
    ]);
  });

  test('not of a refusal while further attempts are left', async () => {
    const { work, notified } = await acceptedMessage({ outcomes: [busy, busy, busy] });
    await work();
    expect(notified()).toEqual([]);
  });

  test('of a recipient in doubt with the status of a report that came meanwhile', async () => {
    const { deps, messageId, report, notified, setNow } = await acceptedMessage({ idempotent: false });
    const found = await deps.messages.store.readChunk(messageId, 0);
    await deps.messages.store.updateChunk(found!, { ...found!.chunk, attempts: 1, leasedUntil: later });
    await report(1, 'delivered');
    setNow(later);
    expect(await sendChunk({ messageId, chunk: 0 }, deps)).toBe('inDoubt');
    expect((await deps.messages.store.readChunk(messageId, 0))?.chunk.statuses).toEqual([
      'unknown',
      'delivered',
      'unknown',
    ]);
    expect(notified()).toEqual([
      [0, 1, 'delivered', undefined],
      [0, 0, 'unknown', 'AttemptInDoubt'],
      [0, 1, 'delivered', undefined],
      [0, 2, 'unknown', 'AttemptInDoubt'],
    ]);
  });

  test('not without a DlrUrl', async () => {
    const { work, report, notified } = await acceptedMessage({ outcomes: [rejected, sent, lost], dlrUrl: '' });
    await work();
    await report(1, 'delivered');
    expect(notified()).toEqual([]);
  });
});

describe('a message with an SMS fallback', () => {
  const prepared = { protocol: 'WhatsApp', sender: '358401000001', fallbackSender: 'Arena' } as const;

  test('notifies the sender when the fallback ends, under the recipient’s own index', async () => {
    const { work, report, notified } = await acceptedMessage({ prepared, outcomes: [rejected, sent, lost] });
    await work();
    expect(notified()).toEqual([]);
    await work();
    await report(1, 'undelivered');
    expect(notified()).toEqual([]);
    await report(0, 'delivered', '10000');
    await report(0, 'expired', '10001');
    expect(notified()).toEqual([
      [0, 0, 'delivered', undefined],
      [0, 1, 'expired', 'C'],
    ]);
  });

  test('notifies the sender at once of a recipient whom WhatsApp reached', async () => {
    const { work, report, notified } = await acceptedMessage({ prepared });
    await work();
    await report(2, 'delivered');
    expect(notified()).toEqual([[0, 2, 'delivered', undefined]]);
  });
});
