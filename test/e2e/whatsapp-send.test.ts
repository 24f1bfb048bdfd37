import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../src/operation/errors.ts';
import type { StatusBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

interface SentTemplate {
  messageId: string;
  messagePartCount: number;
  recipients: { address: string; id: string }[];
}

const identity = '358401000001';
let local: CountedHost;

beforeAll(async () => {
  local = await startCountedHost({ environment: { SMS_FALLBACK_AFTER_SECONDS: '1' } });
  await createTemplate('Order shipped', {
    HeaderText: 'Order {{1}}',
    RawContent: 'Hei {{1}}, your order leaves on {{2}}. $(not a placeholder)',
  });
  await createTemplate('Plain', { RawContent: 'Hello' });
  await createTemplate('Track', {
    RawContent: 'Follow it',
    Buttons: [{ Type: 'Url', Label: 'Track', Data: 'https://example.com/{{1}}' }],
  });
  await createTemplate('Picture', { RawContent: 'Look', AttachmentUrl: 'https://example.com/a.png' });
  await createTemplate('We reject this', { RawContent: 'No' });
  // Waits for the update of the rejected one too, which must not be written while operations are counted.
  await eventually(
    () => {
      const heard = local.host.output().matchAll(/"webhook":"simulated","status":200,"reports":0,"templates":(\d+)/g);
      const count = [...heard].reduce((sum, [, templates]) => sum + Number(templates), 0);
      if (count < 5) throw new Error(`heard of ${count} templates`);
    },
    { timeoutMs: 20_000, everyMs: 50 },
  );
});
afterAll(() => local.stop());

async function createTemplate(DisplayName: string, details: Record<string, unknown>): Promise<void> {
  const answer = await local.api.call(`/whatsapp/templates/demo/${identity}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ DisplayName, Category: 'Utility', Language: 'en', ...details }),
  });
  expect(answer).toMatchObject({ status: 204 });
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  local.api.call('/messages/templates/whatsapp', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', ...headers },
    body: JSON.stringify(body),
  });

const shipped = (addresses: readonly string[], details: Record<string, unknown> = {}) => ({
  TemplateName: 'order_shipped',
  HeaderParameters: ['4711'],
  BodyParameters: ['Aino', 'Monday'],
  Recipients: addresses.map((Address) => ({ Address })),
  ...details,
});
const shippedText = 'Order 4711\n\nHei Aino, your order leaves on Monday. $(not a placeholder)';

async function send(body: unknown): Promise<SentTemplate> {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as SentTemplate;
}

// Runs before anything is sent, so that no worker's operations are counted for a refused send.
const to = ['358401560001'];
const rows: [name: string, body: unknown, status: number, code: string, target: string, message: RegExp][] = [
  ['no template', shipped(to, { TemplateName: undefined }), 400, 'MissingField', 'TemplateName', /required/],
  ['an empty template', shipped(to, { TemplateName: '' }), 400, 'MissingField', 'TemplateName', /required/],
  [
    'an unknown template',
    shipped(to, { TemplateName: 'nothing' }),
    404,
    'TemplateNotFound',
    'TemplateName',
    /approved/,
  ],
  [
    'a rejected template',
    shipped(to, { TemplateName: 'we_reject_this' }),
    404,
    'TemplateNotFound',
    'TemplateName',
    /approved/,
  ],
  ['a number as template', shipped(to, { TemplateName: 1 }), 400, 'InvalidField', 'TemplateName', /must be text/],
  ['no recipients', shipped([]), 400, 'InvalidField', 'Recipients', /at least 1/],
  [
    'too many recipients',
    shipped(Array.from({ length: 10_001 }, () => '358401560001')),
    400,
    'InvalidField',
    'Recipients',
    /at most 10000/,
  ],
  [
    'a recipient without address',
    shipped(to, { Recipients: [{}] }),
    400,
    'MissingField',
    'Recipients[0].Address',
    /required/,
  ],
  [
    'a bad number',
    shipped(['358401560001', 'x']),
    400,
    'InvalidPhoneNumber',
    'Recipients[1].Address',
    /not a phone number/,
  ],
  ['too few body parameters', shipped(to, { BodyParameters: ['Aino'] }), 400, 'InvalidField', 'BodyParameters', /2.*1/],
  [
    'too many body parameters',
    shipped(to, { BodyParameters: ['a', 'b', 'c'] }),
    400,
    'InvalidField',
    'BodyParameters',
    /2.*3/,
  ],
  ['no body parameters', shipped(to, { BodyParameters: undefined }), 400, 'InvalidField', 'BodyParameters', /2.*0/],
  [
    'a number as body parameter',
    shipped(to, { BodyParameters: ['Aino', 5] }),
    400,
    'InvalidField',
    'BodyParameters[1]',
    /must be text/,
  ],
  [
    'a text as body parameters',
    shipped(to, { BodyParameters: 'Aino' }),
    400,
    'InvalidField',
    'BodyParameters',
    /must be a list/,
  ],
  ['no header parameter', shipped(to, { HeaderParameters: null }), 400, 'InvalidField', 'HeaderParameters', /1.*0/],
  [
    'too many header parameters',
    shipped(to, { HeaderParameters: ['1', '2'] }),
    400,
    'InvalidField',
    'HeaderParameters',
    /1.*2/,
  ],
  [
    'a button of another type',
    { TemplateName: 'track', Recipients: [{ Address: to[0] }], Buttons: [{ Type: 'Swing', Data: 'x' }] },
    400,
    'InvalidField',
    'Buttons[0].Type',
    /one of Call, QuickReply, Url/,
  ],
  [
    'an attachment where there is none',
    shipped(to, { AttachmentUri: 'https://example.com/a.png' }),
    400,
    'InvalidField',
    'AttachmentUri',
    /./,
  ],
  [
    'no attachment where there is one',
    { TemplateName: 'picture', Recipients: [{ Address: to[0] }] },
    400,
    'MissingField',
    'AttachmentUri',
    /./,
  ],
  [
    'an attachment that is no address',
    { TemplateName: 'picture', Recipients: [{ Address: to[0] }], AttachmentUri: 'a.png' },
    400,
    'InvalidUrl',
    'AttachmentUri',
    /http/,
  ],
  [
    'a date that is none',
    shipped(to, { SendDateTime: 'tomorrow' }),
    400,
    'InvalidDateTime',
    'SendDateTime',
    /2026-12-01T09:00:00Z for UTC/,
  ],
  [
    'a date too far ahead',
    shipped(to, { SendDateTime: '2999-01-01T00:00:00Z' }),
    400,
    'DateTooFarAhead',
    'SendDateTime',
    /year/,
  ],
  ['a text as flag', shipped(to, { UseSmsFallback: 'yes' }), 400, 'InvalidField', 'UseSmsFallback', /true or false/],
  ['a report address that is none', shipped(to, { DlrUrl: 'x' }), 400, 'InvalidUrl', 'DlrUrl', /http/],
  [
    'customer data too long',
    shipped(to, { CustomerData: 'x'.repeat(256) }),
    400,
    'InvalidField',
    'CustomerData',
    /255/,
  ],
  ['a request id too long', shipped(to, { RequestId: 'x'.repeat(1001) }), 400, 'InvalidField', 'RequestId', /1000/],
  [
    'a NUL in a parameter',
    shipped(to, { BodyParameters: ['a\0', 'b'] }),
    400,
    'InvalidCharacters',
    'BodyParameters[0]',
    /NUL/,
  ],
];

test.each(rows)('refuses %s, and stores and sends nothing', async (_, body, ...expected) => {
  const [status, code, target, message] = expected;
  local.storage.reset();
  const answer = await post(body);
  const { error } = answer.body as ErrorBody;
  expect([answer.status, error.code, error.target]).toEqual([status, code, target]);
  expect(error.message).toMatch(message);
  expect(local.storage.operations().filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(await local.api.inbox(to[0]!)).toEqual([]);
});

describe('a template', () => {
  test('reaches the phone by WhatsApp, from the identity and with its values', async () => {
    const sent = await send(shipped(['+358 40 150 0001']));
    expect(sent).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      messagePartCount: 1,
      recipients: [{ address: '358401500001', id: `${sent.messageId}-00000` }],
    });
    await local.api.waitForStatus(sent.messageId, 'delivered');
    expect(await local.api.inbox('358401500001')).toMatchObject([
      { sender: identity, protocol: 'WhatsApp', content: shippedText, parts: 1, status: 'delivered' },
    ]);
  });

  test('fails with its reason if it has no fallback', async () => {
    const sent = await send(shipped(['358401510002']));
    const status = await local.api.waitForStatus(sent.messageId, 'undelivered');
    expect(status.Recipients[0]).toMatchObject({ ErrorCode: expect.any(String) as string });
    expect((await local.api.inbox('358401510002')).map(({ protocol }) => protocol)).toEqual(['WhatsApp']);
  });

  test('falls back to SMS once if WhatsApp fails or sends no report, and the history shows both', async () => {
    const sent = await send(shipped(['358401520001', '358401520004', '358401520005'], { UseSmsFallback: true }));
    const body = await eventually(
      async () => {
        const status = await local.api.status(sent.messageId);
        expect(status.Recipients.map(historyOf)).toEqual([
          [],
          [
            ['WhatsApp', 'rejected'],
            ['SMS', 'rejected'],
          ],
          [
            ['WhatsApp', 'sent'],
            ['SMS', 'sent'],
          ],
        ]);
        return status;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );
    expect(body.Recipients.map(({ Status }) => Status)).toEqual(['delivered', 'rejected', 'sent']);
    const inbox = await local.api.inbox('358401520005');
    expect(inbox.map(({ protocol, sender, content }) => [protocol, sender, content])).toEqual([
      ['SMS', 'SmartDialog', shippedText],
      ['WhatsApp', identity, shippedText],
    ]);
  });

  test('is not sent to a number that opted out of the identity, until it opts in', async () => {
    const path = `/whatsapp/opt-in/sender/${identity}/recipient/358401530001`;
    expect((await local.api.call(path, { method: 'DELETE' })).status).toBe(204);
    const refused = await send(shipped(['358401530001'], { UseSmsFallback: true }));
    const status = await local.api.waitForStatus(refused.messageId, 'rejected');
    expect(status.Recipients[0]).toMatchObject({ ErrorCode: 'RecipientOptedOut' });
    expect(await local.api.inbox('358401530001')).toEqual([]);
    expect((await local.api.call(path, { method: 'POST' })).status).toBe(204);
    const sent = await send(shipped(['358401530001']));
    await local.api.waitForStatus(sent.messageId, 'delivered');
    expect(await local.api.inbox('358401530001')).toHaveLength(1);
  });

  test('costs as many storage operations as a text: 2, or 3 with a request id', async () => {
    const later = { SendDateTime: new Date(Date.now() + 3_600_000).toISOString() };
    // The first request id creates their table.
    await send(shipped(['358401540001'], { ...later, RequestId: 'first' }));
    local.storage.reset();
    await send(shipped(['358401540001'], later));
    expect(local.storage.operations()).toHaveLength(2);
    local.storage.reset();
    await send(shipped(['358401540001'], { ...later, RequestId: 'counted' }));
    expect(local.storage.operations()).toHaveLength(3);
  });

  test('is sent once for a repeated request id', async () => {
    const body = shipped(['358401550001'], { RequestId: 'template once' });
    const first = await post(body);
    const repeat = await post(body);
    expect([repeat.status, repeat.body, repeat.headers.get('idempotent-replay')]).toEqual([200, first.body, 'true']);
    const other = await post(shipped(['358401550002'], { RequestId: 'template once' }));
    expect([other.status, (other.body as ErrorBody).error.code]).toEqual([422, 'RequestIdReused']);
  });
});

function historyOf({ History = [] }: StatusBody['Recipients'][number]): [string, string][] {
  return History.map(({ Protocol, Status }) => [Protocol, Status]);
}
