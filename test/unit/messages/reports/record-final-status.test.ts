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

/** A message to three phones whose sender wants to be told of them, unless said otherwise. */
async function toldOf({
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
    told: () =>
      deps.messages.finalStatuses.settled.map(({ chunk, recipientIndex, status, code }) => [
        chunk,
        recipientIndex,
        status,
        code,
      ]),
  };
}

describe('who asked is told', () => {
  test('of what the carrier refuses or leaves in doubt, with the code, and not of what it takes', async () => {
    const { work, told } = await toldOf({ outcomes: [rejected, sent, lost] });
    await work();
    expect(told()).toEqual([
      [0, 0, 'rejected', 'Barred'],
      [0, 2, 'unknown', 'Timeout'],
    ]);
  });

  test('of final reports, and not of others', async () => {
    const { work, report, told } = await toldOf();
    await work();
    for (const [recipientIndex, status] of [
      [0, 'sent'],
      [0, 'delivered'],
      [1, 'read'],
      [2, 'undelivered'],
    ] as const)
      await report(recipientIndex, status);
    expect(told()).toEqual([
      [0, 0, 'delivered', undefined],
      [0, 1, 'read', 'C'],
      [0, 2, 'undelivered', 'C'],
    ]);
  });

  test('of those who wanted no such message, when the others are sent to', async () => {
    const [first = ''] = phones(1);
    const { work, told } = await toldOf({ prepared: { optedOut: new Set([first]) } });
    await work();
    expect(told()).toEqual([[0, 0, 'rejected', 'RecipientOptedOut']]);
  });

  test('of those who wanted none, where there are no others', async () => {
    const { work, told } = await toldOf({ prepared: { optedOut: new Set(phones(3)) } });
    await work();
    expect(told().map(([, recipientIndex, status]) => [recipientIndex, status])).toEqual([
      [0, 'rejected'],
      [1, 'rejected'],
      [2, 'rejected'],
    ]);
  });

  test('of what is given up', async () => {
    const { deps, messageId, told } = await toldOf();
    await giveUpChunk({ messageId, chunk: 0 }, deps);
    expect(told().map(([, recipientIndex, status, code]) => [recipientIndex, status, code])).toEqual([
      [0, 'failed', 'ProcessingFailed'],
      [1, 'failed', 'ProcessingFailed'],
      [2, 'failed', 'ProcessingFailed'],
    ]);
  });

  test('only once an attempt that may be made again is the last', async () => {
    const { work, told } = await toldOf({ outcomes: [busy, busy, busy] });
    await work();
    expect(told()).toEqual([]);
  });

  test('of what was in doubt as a report says that came meanwhile', async () => {
    const { deps, messageId, report, told, setNow } = await toldOf({ idempotent: false });
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
    expect(told()).toEqual([
      [0, 1, 'delivered', undefined],
      [0, 0, 'unknown', 'AttemptInDoubt'],
      [0, 1, 'delivered', undefined],
      [0, 2, 'unknown', 'AttemptInDoubt'],
    ]);
  });

  test('of nobody, where nobody asked', async () => {
    const { work, report, told } = await toldOf({ outcomes: [rejected, sent, lost], dlrUrl: '' });
    await work();
    await report(1, 'delivered');
    expect(told()).toEqual([]);
  });
});

describe('where SMS stands in for WhatsApp', () => {
  const prepared = { protocol: 'WhatsApp', sender: '358401000001', fallbackSender: 'Arena' } as const;

  test('the recipient is told of when that is decided, under its own place', async () => {
    const { work, report, told } = await toldOf({ prepared, outcomes: [rejected, sent, lost] });
    await work();
    expect(told()).toEqual([]);
    await work();
    await report(1, 'undelivered');
    expect(told()).toEqual([]);
    await report(0, 'delivered', '10000');
    await report(0, 'expired', '10001');
    expect(told()).toEqual([
      [0, 0, 'delivered', undefined],
      [0, 1, 'expired', 'C'],
    ]);
  });

  test('whom WhatsApp reached is told of at once', async () => {
    const { work, report, told } = await toldOf({ prepared });
    await work();
    await report(2, 'delivered');
    expect(told()).toEqual([[0, 2, 'delivered', undefined]]);
  });
});
