import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';

let host: LocalHost;
let api: Api;
beforeAll(async () => {
  host = await spawnLocalHost();
  api = await createApi(host);
});
afterAll(() => host.stop());

async function send(body: Record<string, unknown>): Promise<SentBody> {
  const answer = await api.post(body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as SentBody;
}

describe('a send', () => {
  test('reaches the phone, and its status becomes delivered', async () => {
    const sent = await send(
      sendTo([], {
        Content: 'Hei $(name) 😀',
        Recipients: [{ Address: '+358 40 123 0001', Personalization: { name: 'Äiti' } }],
      }),
    );
    expect(sent).toEqual({
      MessageId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      MessagePartCount: 1,
      Recipients: [{ Address: '358401230001', Id: `${sent.MessageId}-00000` }],
    });
    const status = await api.waitForStatus(sent.MessageId, 'delivered');
    expect(status).toEqual({
      MessageId: sent.MessageId,
      Status: 'delivered',
      Recipients: [
        {
          Id: `${sent.MessageId}-00000`,
          Address: '358401230001',
          Status: 'delivered',
          UpdatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        },
      ],
    });
    const [newest] = await api.inbox('358401230001');
    expect(newest).toEqual({
      id: expect.any(String) as string,
      recipientId: `${sent.MessageId}-00000`,
      messageId: sent.MessageId,
      sender: 'SmartDialog',
      address: '358401230001',
      protocol: 'SMS',
      content: 'Hei Äiti 😀',
      parts: 1,
      status: 'delivered',
      receivedAt: expect.any(String) as string,
    });
  });

  test('ends with the status that the carrier reports for each recipient, in the order of the request', async () => {
    const endings = {
      '358401240001': 'delivered',
      '358401240002': 'undelivered',
      '358401240003': 'expired',
      '358401240004': 'rejected',
      '358401240005': 'sent',
      '358401240006': 'delivered',
      '358401240007': 'delivered',
      '358401240008': 'delivered',
    };
    const sent = await send(sendTo(Object.keys(endings)));
    const status = await eventually(
      async () => {
        const body = await api.status(sent.MessageId);
        expect(body.Recipients.map(({ Address, Status }) => [Address, Status])).toEqual(Object.entries(endings));
        return body;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );
    expect(status.Status).toBe('sent');
    for (const { Status, ErrorCode, ErrorMessage } of status.Recipients) {
      const failed = ['undelivered', 'expired', 'rejected'].includes(Status);
      expect([typeof ErrorCode, typeof ErrorMessage]).toEqual(
        failed ? ['string', 'string'] : ['undefined', 'undefined'],
      );
    }
    expect(await api.inbox('358401240004')).toEqual([]);
    expect(await api.inbox('358401240006')).toHaveLength(1);
  });

  test('reaches a recipient twice who is named twice', async () => {
    const sent = await send(sendTo(['358401250001', '0401250001']));
    await api.waitForStatus(sent.MessageId, 'delivered');
    expect((await api.inbox('358401250001')).map(({ recipientId }) => recipientId).sort()).toEqual(
      sent.Recipients.map(({ Id }) => Id),
    );
  });

  test('with a repeated request id gets the first answer and is not sent again', async () => {
    const body = sendTo(['358401260001'], { RequestId: 'order 7 / reminder' });
    const first = await api.post(body);
    const repeats = await Promise.all(Array.from({ length: 5 }, () => api.post(body)));
    for (const repeat of repeats) expect([repeat.status, repeat.body]).toEqual([200, first.body]);
    expect(first.headers.get('idempotent-replay')).toBeNull();
    expect(repeats.map(({ headers }) => headers.get('idempotent-replay'))).toEqual(repeats.map(() => 'true'));
    await api.waitForStatus((first.body as SentBody).MessageId, 'delivered');
    expect(await api.inbox('358401260001')).toHaveLength(1);
  });

  test('ignores null, empty and unknown fields, and is sent at once with a past date', async () => {
    const sent = await send(
      sendTo(['358401270001'], {
        SendDateTime: '2020-01-01T00:00:00Z',
        AttachmentUri: '',
        CustomerData: null,
        AdMessage: null,
        DlrUrl: '',
        RequestId: null,
        Colour: 'green',
        Recipients: [{ Address: '358401270001', Personalization: null, Note: 1 }],
      }),
    );
    expect((await api.waitForStatus(sent.MessageId, 'delivered')).Status).toBe('delivered');
  });

  test('of more than three parts is sent, with a warning', async () => {
    const answer = await api.post(sendTo(['358401280001'], { Content: 'x'.repeat(460) }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('warning')).toMatch(/^299 - "The text takes 4 message parts/);
    expect((answer.body as SentBody).MessagePartCount).toBe(4);
  });

  test('of 39,015 characters arrives whole', async () => {
    const content = `${'0123456789'.repeat(3_901)}01234`;
    const sent = await send(sendTo(['358401290001'], { Content: content }));
    expect(sent.MessagePartCount).toBe(255);
    await api.waitForStatus(sent.MessageId, 'delivered');
    expect((await api.inbox('358401290001'))[0]?.content).toBe(content);
  });

  test('has the part count of the recipient with the most parts', async () => {
    const sent = await send(
      sendTo([], {
        Content: '$(text)',
        Recipients: [
          { Address: '358401300001', Personalization: { text: 'short' } },
          { Address: '358401300002', Personalization: { text: 'ж'.repeat(71) } },
        ],
      }),
    );
    expect(sent.MessagePartCount).toBe(2);
  });

  test('takes placeholders as a list, as fields, or as both', async () => {
    const Recipients = [
      {
        Address: '358401320001',
        Personalization: { name: 'Aino' },
        Placeholders: [{ name: 'day', value: 'Monday' }, { name: 'note' }, { name: 'unused', value: 'x' }],
      },
    ];
    const sent = await send(sendTo([], { Content: '$(name), see you on $(day)$(note)!', Recipients }));
    await api.waitForStatus(sent.MessageId, 'delivered');
    expect((await api.inbox('358401320001'))[0]?.content).toBe('Aino, see you on Monday!');
  });

  test('with a later date waits', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const sent = await send(sendTo(['358401310001'], { SendDateTime: inAnHour }));
    const soon = await send(sendTo(['358401310001']));
    await api.waitForStatus(soon.MessageId, 'delivered');
    expect((await api.status(sent.MessageId)).Status).toBe('scheduled');
    expect((await api.inbox('358401310001')).map(({ messageId }) => messageId)).toEqual([soon.MessageId]);
  });
});

describe('the lists behind the dropdowns', () => {
  test('customers are those of the user', async () => {
    const answer = await api.call('/customers');
    expect([answer.status, answer.body]).toEqual([
      200,
      { customerUsers: [{ customerId: 'demo', customerName: 'Demo customer' }] },
    ]);
  });

  test.each([
    [{}, ['demo-oneway', 'demo-reply']],
    [{ ServiceType: 'OneWay', AllowReplyMessage: 'false' }, ['demo-oneway', 'demo-reply']],
    [{ ServiceType: 'OneWay', AllowReplyMessage: 'True' }, ['demo-reply']],
    [{ ServiceType: 'TwoWay' }, ['demo-twoway', 'demo-whatsapp']],
    [{ ServiceType: 'Group' }, ['demo-group']],
  ])('services by %j', async (headers, ids) => {
    const answer = await api.call('/services/demo', { headers });
    expect(answer.status).toBe(200);
    expect((answer.body as { id: string }[]).map(({ id }) => id)).toEqual(ids);
  });

  test('regions begin with Finland', async () => {
    const { status, body } = await api.call('/phonenumberregions');
    expect(status).toBe(200);
    expect((body as unknown[]).slice(0, 2)).toEqual([
      { value: 'FI', name: 'Finland' },
      { value: 'AF', name: 'Afghanistan' },
    ]);
  });
});
