import { describe, expect, test } from 'vitest';

import { acceptMessage } from '../../../../src/messages/accept/accept-message.ts';
import type { OutboundBatch, OutgoingReply, ReplyRecorder, SendOutcome } from '../../../../src/messages/index.ts';
import type { PreparedSend } from '../../../../src/messages/compose/prepare-send.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { after, testNow } from '../../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  createSending,
  everythingSent,
  phones,
  preparedSend,
  sendRequest,
  testMessageId,
} from '../../../support/labs/messaging.ts';

const messageId = testMessageId(1);
const threadId = 'ab'.repeat(22);
const [first = '', second = '', third = ''] = phones(3);

const noted = (recipientIndex: number, phone: string, details: Partial<OutgoingReply> = {}): OutgoingReply => ({
  customerId: 'demo',
  serviceId: 'demo-oneway',
  messageId,
  recipientId: `${messageId}-0000${recipientIndex}`,
  protocol: 'SMS',
  sender: 'Arena',
  phone,
  at: testNow,
  ...details,
});

/** An accepted reply to three phones, and a worker whose steps are recorded in order. */
async function acceptedReply(
  details: Partial<PreparedSend>,
  {
    script = everythingSent,
    idempotent = true,
    fails = () => false,
  }: {
    script?: (batch: OutboundBatch, call: number) => SendOutcome[];
    idempotent?: boolean;
    fails?: (call: number) => boolean;
  } = {},
) {
  const messaging = createMessaging();
  const accepted = await acceptMessage(sendRequest(), preparedSend(3, details), {}, messaging);
  const steps: (readonly OutgoingReply[] | string[])[] = [];
  let records = 0;
  let now = testNow;
  const carrier = createScriptedCarrier(
    (batch, call) => {
      steps.push(batch.recipients.map(({ address }) => address));
      return script(batch, call);
    },
    { idempotent },
  );
  const replies: ReplyRecorder = {
    async record(outgoing) {
      records += 1;
      if (fails(records)) throw new Error('no thread can be written');
      steps.push(outgoing);
    },
  };
  const sending = createSending(messaging, carrier, () => now);
  const deps = { ...sending, messages: { ...sending.messages, replies } };
  return {
    steps,
    send: () => sendChunk({ messageId: accepted.messageId, chunk: 0 }, deps),
    statuses: async () => (await messaging.messages.store.readChunk(messageId, 0))?.chunk.statuses,
    setNow: (moment: Date) => {
      now = moment;
    },
  };
}

describe('conversations', () => {
  test('get each recipient before the carrier does', async () => {
    const { steps, send } = await acceptedReply({ reply: {} });
    expect(await send()).toBe('sent');
    expect(steps).toEqual([
      [noted(0, first), noted(1, second), noted(2, third)],
      [first, second, third],
    ]);
  });

  test('get the thread only for its own phone', async () => {
    const { steps, send } = await acceptedReply({ reply: { threadId, phone: second } });
    await send();
    expect(steps[0]).toEqual([noted(0, first), noted(1, second, { threadId }), noted(2, third)]);
  });

  test('do not get a thread that belongs to the phone of no recipient', async () => {
    const { steps, send } = await acceptedReply({ reply: { threadId, phone: '358409999999' } });
    await send();
    expect(steps[0]).toEqual([noted(0, first), noted(1, second), noted(2, third)]);
  });

  test('do not get a message that is not a reply', async () => {
    const { steps, send } = await acceptedReply({});
    await send();
    expect(steps).toEqual([[first, second, third]]);
  });

  test('do not get recipients who opted out', async () => {
    const { steps, send } = await acceptedReply({ reply: {}, optedOut: new Set([second]) });
    await send();
    expect(steps[0]).toEqual([noted(0, first), noted(2, third)]);
  });

  test('get neither a message that is not due nor one that was sent', async () => {
    const { steps, send, setNow } = await acceptedReply({ reply: {}, sendAt: after(60_000) });
    expect(await send()).toBe('notDue');
    expect(steps).toEqual([]);
    setNow(after(60_000));
    await send();
    expect(steps).toHaveLength(2);
    expect(await send()).toBe('nothingToDo');
    expect(steps).toHaveLength(2);
  });

  test('get recipients again who are tried again, and no others', async () => {
    const { steps, send, setNow } = await acceptedReply(
      { reply: {} },
      {
        script: ({ recipients }, call) =>
          recipients.map(({ address }): SendOutcome =>
            call === 1 && address === second
              ? { outcome: 'retry', code: 'Busy', message: 'later' }
              : { outcome: 'sent' },
          ),
      },
    );
    expect(await send()).toBe('partlySent');
    setNow(after(2_000));
    expect(await send()).toBe('sent');
    expect(steps.slice(2)).toEqual([[noted(1, second, { at: after(2_000) })], [second]]);
  });

  test.each([true, false])(
    'hold the message back if they can not be written, and leave nothing in doubt (idempotent: %s)',
    async (idempotent) => {
      const { steps, send, statuses } = await acceptedReply({ reply: {} }, { idempotent, fails: (call) => call === 1 });
      await expect(send()).rejects.toThrow('no thread can be written');
      expect(steps).toEqual([]);
      expect(await statuses()).toEqual(['accepted', 'accepted', 'accepted']);
      // At once: there is no lease to wait for.
      expect(await send()).toBe('sent');
      expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
    },
  );
});
