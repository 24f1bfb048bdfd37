import { beforeAll, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../../src/operation/errors.ts';
import { createTableInboundStore } from '../../../src/storage/tables/inbound-store.ts';
import { sendTo } from '../../support/hosts/api.ts';
import type { Api, ApiAnswer, InboxMessage, SentBody } from '../../support/hosts/api.ts';
import { eventually } from '../../support/tools/eventually.ts';
import { subscribe } from '../../support/servers/flow-server.ts';
import type { TwoWayHost } from '../../support/hosts/two-way-host.ts';

let local: TwoWayHost;

const text = expect.any(String) as string;

function discuss(api: Api, body: Record<string, unknown>, customer = 'demo'): Promise<ApiAnswer> {
  return api.call('/messages/discussion/reply', {
    method: 'POST',
    headers: { CustomerId: customer, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function reply(parentMessageId: string, body: Record<string, unknown>, api = local.api, customer = 'demo') {
  return api.call(`/messages/reply/${parentMessageId}`, {
    method: 'POST',
    headers: { 'Customer-Id': customer, 'Service-Id': `${customer}-reply`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Waits until a phone has a message. */
const received = (address: string, messageId: string): Promise<InboxMessage> =>
  eventually(
    async () => {
      const found = (await local.api.inbox(address)).find((message) => message.messageId === messageId);
      if (found === undefined) throw new Error(`${messageId} is not on the phone ${address}`);
      return found;
    },
    { timeoutMs: 60_000, everyMs: 50 },
  );

/** Tests conversations of phones and flows. `host` is called when the tests run. */
export function testConversations(host: () => TwoWayHost): void {
  describe.concurrent('conversations', () => {
    beforeAll(() => {
      local = host();
    });

    test.each([
      ['SMS', 'demo-twoway', '16400'],
      ['WhatsApp', 'demo-whatsapp', '358401000001'],
    ] as const)('a conversation by %s stays in its thread', async (protocol, service, address) => {
      const sender = '358401640001';
      const flow = local.flows.flow();
      await subscribe(local.api, service, flow);
      await local.play({ sender, recipient: address, protocol, content: 'Is it open?' });
      const requestContent = await flow.notified('Is it open?');
      expect(requestContent).not.toHaveProperty('parentMessageId');

      const content = 'Yes, $(name), until $5.';
      const answer = await discuss(local.api, { ThreadId: requestContent.threadId, Content: content });
      expect([answer.status, answer.body]).toEqual([
        200,
        {
          MessageId: text,
          MessagePartCount: 1,
          Recipients: [{ Address: sender, Id: text }],
          ThreadId: requestContent.threadId,
        },
      ]);
      const { MessageId: messageId, Recipients: recipients } = answer.body as SentBody;
      expect(await received(sender, messageId)).toEqual({
        id: text,
        recipientId: recipients[0]?.Id,
        messageId,
        sender: address,
        address: sender,
        protocol,
        content,
        parts: 1,
        status: text,
        receivedAt: text,
      });

      const tap = protocol === 'WhatsApp' ? { buttonReply: 'Thanks' } : {};
      await local.play({ sender, recipient: address, protocol, content: 'Thanks', ...tap });
      expect(await flow.notified('Thanks')).toEqual({
        sender,
        recipient: address,
        content: 'Thanks',
        timestamp: text,
        protocol,
        attachments: [],
        messageId: expect.stringMatching(/^i[0-9a-f]{40}$/) as string,
        threadId: requestContent.threadId,
        serviceId: service,
        customerId: 'demo',
        parentMessageId: messageId,
      });
    });

    test('a reply with buttons shows them on the phone, and a tap on one comes back', async () => {
      const [sender, address] = ['358401660001', '358401000001'];
      const flow = local.flows.flow();
      await subscribe(local.api, 'demo-whatsapp', flow);
      await local.play({ sender, recipient: address, protocol: 'WhatsApp', content: 'When do you come?' });
      const { threadId } = await flow.notified('When do you come?');
      const body = { ThreadId: threadId, Content: 'Does noon suit you?', Buttons: ['Yes, it does', ' No 👎 '] };
      const answer = await discuss(local.api, body);
      expect(answer).toMatchObject({ status: 200, body: { MessagePartCount: 1, ThreadId: threadId } });
      const { MessageId: messageId } = answer.body as SentBody;
      expect(await received(sender, messageId)).toMatchObject({
        protocol: 'WhatsApp',
        content: 'Does noon suit you?',
        buttons: ['Yes, it does', 'No 👎'],
      });
      const [, buttonReply = ''] = (await received(sender, messageId)).buttons ?? [];
      await local.play({ sender, recipient: address, protocol: 'WhatsApp', content: buttonReply, buttonReply });
      expect(await flow.notified('No 👎')).toMatchObject({ threadId, parentMessageId: messageId });
    });

    test('a reply to the phone that wrote and to another one belongs to the threads of both', async () => {
      const [writer, another] = ['358401650001', '358401650002'];
      const flow = local.flows.flow();
      await subscribe(local.api, 'demo-twoway', flow);
      await local.play({ sender: writer, recipient: '16400', content: 'Who comes?' });
      const requestContent = await flow.notified('Who comes?');
      const answer = await reply(
        requestContent.messageId,
        sendTo([writer, another], { Sender: '16400', Content: 'All of us' }),
      );
      expect([answer.status, answer.body]).toEqual([
        200,
        {
          MessageId: text,
          MessagePartCount: 1,
          Recipients: [
            { Address: writer, Id: text },
            { Address: another, Id: text },
          ],
        },
      ]);
      const { MessageId: messageId } = answer.body as SentBody;
      for (const address of [writer, another]) {
        expect(await received(address, messageId)).toMatchObject({ sender: '16400', content: 'All of us' });
        await local.play({ sender: address, recipient: '16400', content: `Good, says ${address}` });
      }
      const [fromWriter, fromAnother] = [
        await flow.notified(`Good, says ${writer}`),
        await flow.notified(`Good, says ${another}`),
      ];
      expect(fromWriter).toMatchObject({ threadId: requestContent.threadId, parentMessageId: messageId });
      expect(fromAnother).toMatchObject({ parentMessageId: messageId });
      expect(fromAnother.threadId).not.toBe(requestContent.threadId);
    });

    test('another customer can not find threads and messages', async () => {
      const line = local.newLine();
      const flow = local.flows.flow();
      await subscribe(local.api, line.service, flow);
      await local.play({ recipient: line.address, content: 'private' });
      const { threadId, messageId } = await flow.notified('private');
      const refusalOf = ({ status, body }: ApiAnswer) => [
        status,
        (body as ErrorBody).error.code,
        (body as ErrorBody).error.target,
      ];
      const discussion = { ThreadId: threadId, Content: 'stolen' };
      expect(refusalOf(await discuss(local.other, discussion, 'other'))).toEqual([404, 'ThreadNotFound', 'ThreadId']);
      expect(refusalOf(await discuss(local.other, discussion))).toEqual([403, 'CustomerNotAssigned', 'CustomerId']);
      const stolen = sendTo(['358401230001'], { Sender: 'Other', Content: 'stolen' });
      expect(refusalOf(await reply(messageId, stolen, local.other, 'other'))).toEqual([
        404,
        'MessageNotFound',
        'ParentMessageId',
      ]);
      expect(refusalOf(await reply(messageId, stolen, local.other))).toEqual([
        403,
        'CustomerNotAssigned',
        'Customer-Id',
      ]);
    });

    test('a message is routed by its first word to the service with that keyword, or to the one without', async () => {
      const [without, withKeyword] = local.sharedLine;
      const [flow, keywordFlow] = [local.flows.flow(), local.flows.flow()];
      await subscribe(local.api, without.service, flow);
      await subscribe(local.api, withKeyword.service, keywordFlow);
      await local.play({ recipient: without.address, content: 'stop the press' });
      await local.play({ recipient: without.address, content: 'käynti, thank you' });
      expect(await keywordFlow.notified('käynti, thank you')).toMatchObject({
        serviceId: withKeyword.service,
        keyword: 'KÄYNTI',
      });
      const other = await flow.notified('stop the press');
      expect([other['serviceId'], other['keyword']]).toEqual([without.service, undefined]);
      expect([flow.calls.length, keywordFlow.calls.length]).toEqual([1, 1]);
    });

    test('a message to a number without a service is kept for an operator, and no flow is called', async () => {
      const line = local.newLine();
      const flow = local.flows.flow();
      await subscribe(local.api, line.service, flow);
      await local.play({ recipient: '12345', content: 'to nobody' });
      const inbound = createTableInboundStore(local.storage);
      const id = await eventually(
        async () => {
          const [found] = await inbound.listUnrouted(10);
          if (found === undefined) throw new Error('nothing is unrouted');
          return found;
        },
        { timeoutMs: 60_000, everyMs: 50 },
      );
      await eventually(() => expect(local.host.output()).toContain(`"inboundId":"${id}","result":"unrouted"`));
      expect((await inbound.read(id))?.message).toEqual({
        id,
        carrier: 'simulated',
        carrierMessageId: text,
        sender: '358401230001',
        recipient: '12345',
        protocol: 'SMS',
        content: 'to nobody',
        at: expect.any(Date) as Date,
        receivedAt: expect.any(Date) as Date,
        state: 'unrouted',
        attempts: 0,
        attachments: [],
      });
      expect(local.host.output()).not.toContain(`"inboundId":"${id}","chunk"`);
      expect(await inbound.listUnrouted(10)).toEqual([id]);
      expect(flow.calls).toEqual([]);
    });
  });
}
