import { describe, expect, test } from 'vitest';
import type { CarrierDeps } from '../../../../src/carriers/carrier.ts';
import type { ListedTemplate, SubmitOutcome, Template } from '../../../../src/templates/index.ts';
import { answering, startFaultyNetwork } from '../../../support/servers/faulty-network.ts';
import { storedTemplate } from '../../../support/samples/templates.ts';
import { connectCloud, cloudSettings, createCloud, startCloud } from '../../../support/labs/carriers/whatsapp-cloud.ts';

type FetchPublic = NonNullable<CarrierDeps['fetchPublic']>;

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const fetched: FetchPublic = () => Promise.resolve({ outcome: 'fetched', bytes: png, mimeType: 'image/png' });

async function open(fetchPublic: FetchPublic = fetched) {
  const network = await startCloud();
  const { templates } = connectCloud({ url: network.url }, { fetchPublic });
  return {
    network,
    submit: async (details: Partial<Template> = {}): Promise<SubmitOutcome | undefined> =>
      templates?.submit(storedTemplate(details)),
    /** The last template that the fake network got and validated. */
    last: () => JSON.parse(network.calls.at(-1)?.body.toString() ?? '') as { components: unknown },
    list: async (): Promise<ListedTemplate[]> => {
      const answer = await templates?.list('358401000001');
      return answer?.outcome === 'listed' ? answer.templates : [];
    },
  };
}

const submitted = { outcome: 'submitted', carrierReference: expect.stringMatching(/^\d+$/) as string };

describe('manages', () => {
  test.for([
    ['358401000001', true],
    ['+358 40 100 0001', true],
    ['358401000009', false],
    ['', false],
  ] as const)('%s: %s', ([identity, isOurs]) => {
    expect(connectCloud({ url: 'http://x' }).templates?.manages(identity)).toBe(isOurs);
  });

  test('a number that is not in the settings has no templates', async () => {
    const { templates } = connectCloud({ url: 'http://127.0.0.1:9' });
    expect(await templates?.submit(storedTemplate({ identity: '358401000009' }))).toMatchObject({
      outcome: 'unavailable',
    });
    expect(await templates?.list('358401000009')).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('a template is submitted', () => {
  test('with an example for each placeholder', async () => {
    const { submit, last, network } = await open();
    expect(await submit({ headerText: 'Order {{1}}' })).toEqual(submitted);
    expect(network.calls.at(-1)?.path).toBe('/v23.0/2222/message_templates');
    expect(last()).toEqual({
      name: 'order_ready',
      language: 'en',
      category: 'UTILITY',
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['Example 1'] } },
        {
          type: 'BODY',
          text: 'Hi {{1}}, your order {{2}} is ready.',
          example: { body_text: [['Example 1', 'Example 2']] },
        },
      ],
    });
  });

  test('without examples if it has no placeholders', async () => {
    const { submit, last } = await open();
    expect(await submit({ headerText: 'Order', content: 'It is ready.' })).toEqual(submitted);
    expect(last().components).toEqual([
      { type: 'HEADER', format: 'TEXT', text: 'Order' },
      { type: 'BODY', text: 'It is ready.' },
    ]);
  });

  test.for([
    [
      { type: 'QuickReply', label: 'Yes', data: 'yes' },
      { type: 'QUICK_REPLY', text: 'Yes' },
    ],
    [
      { type: 'Call', label: 'Call', data: '358401230001' },
      { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+358401230001' },
    ],
    [
      { type: 'Url', label: 'Look', data: 'https://a.example/b' },
      { type: 'URL', text: 'Look', url: 'https://a.example/b' },
    ],
    [
      { type: 'Url', label: 'Look', data: 'https://a.example/{{1}}' },
      { type: 'URL', text: 'Look', url: 'https://a.example/{{1}}', example: ['https://a.example/example'] },
    ],
  ] as const)('with a button: %j', async ([button, graphButton]) => {
    const { submit, last } = await open();
    expect(await submit({ content: 'Hi.', buttons: [button] })).toEqual(submitted);
    expect(last().components).toEqual([
      { type: 'BODY', text: 'Hi.' },
      { type: 'BUTTONS', buttons: [graphButton] },
    ]);
  });

  test.for([
    [{ attachmentUrl: 'https://files.example/a.PNG?b=c' }, 'IMAGE', 'image/png', 5_000_000],
    [{ attachmentUrl: 'https://files.example/a.mp4' }, 'VIDEO', 'video/mp4', 16_000_000],
    [{ attachmentUrl: 'https://files.example/a.pdf' }, 'DOCUMENT', 'application/pdf', 16_000_000],
  ] as const)('with an uploaded example: %j', async ([details, format, type, limit]) => {
    const requested: [url: string, limit: number][] = [];
    const { submit, last, network } = await open((...call) => {
      requested.push(call);
      return fetched(...call);
    });
    expect(await submit({ content: 'Hi.', ...details })).toEqual(submitted);
    expect(requested).toEqual([[details.attachmentUrl, limit]]);
    const [start, end] = network.calls;
    expect(start?.path).toBe('/v23.0/3333/uploads');
    expect(start?.query.get('file_type')).toBe(type);
    expect(end).toMatchObject({ headers: { authorization: 'OAuth token', file_offset: '0' }, body: png });
    expect(last().components).toEqual([
      { type: 'HEADER', format, example: { header_handle: [expect.stringMatching(/^4::/) as string] } },
      { type: 'BODY', text: 'Hi.' },
    ]);
  });
});

describe('an example', () => {
  const attachmentUrl = 'https://files.example/a.png';
  const withMedium = storedTemplate({ attachmentUrl });

  test.for([
    [
      'a type of file that WhatsApp does not accept as an example',
      { attachmentUrl: 'https://files.example/a.docx' },
      fetched,
      'refused',
    ],
    ['an example that can not be fetched', {}, () => Promise.resolve({ outcome: 'failed', reason: 'gone' }), 'refused'],
    [
      'an example that can not be fetched at the moment',
      {},
      () => Promise.resolve({ outcome: 'retry', reason: 'busy' }),
      'unavailable',
    ],
  ] as const satisfies [string, Partial<Template>, FetchPublic, string][])(
    '%s: %s',
    async ([, details, fetchPublic, outcome]) => {
      const { submit, network } = await open(fetchPublic);
      expect(await submit({ attachmentUrl, ...details })).toEqual({
        outcome,
        reason: expect.stringMatching(/\S/) as string,
      });
      expect(network.calls).toEqual([]);
    },
  );

  test('is refused without an app id, which an upload requires', async () => {
    const { appId: _, ...settings } = { ...cloudSettings, url: 'http://127.0.0.1:9' };
    const refused = (part: string) => ({ outcome: 'refused', reason: expect.stringContaining(part) as string });
    const withoutApp = createCloud(settings, { fetchPublic: fetched }).templates;
    expect(await withoutApp?.submit(withMedium)).toEqual(refused('WHATSAPP_CLOUD_APP_ID'));
  });

  test.for([
    [500, '{}'],
    [401, '{"error":{"code":190}}'],
    [200, '{}'],
    [200, '{"id":7}'],
    [200, '{"id":"upload:a/../../me"}'],
    [200, '{"id":"upload:a#b"}'],
    [200, '{"id":"2222/message_templates"}'],
  ] as const)('makes the outcome unavailable if Meta answers the upload with %i %s', async ([status, body]) => {
    const paths: string[] = [];
    const url = await startFaultyNetwork((request, response) => {
      paths.push(request.url ?? '');
      answering(status, body)(request, response);
    });
    const { templates } = connectCloud({ url }, { fetchPublic: fetched });
    expect(await templates?.submit(withMedium)).toMatchObject({ outcome: 'unavailable' });
    expect(paths).toHaveLength(1);
  });

  test('whose upload breaks off makes the outcome unavailable', async () => {
    const url = await startFaultyNetwork((request, response) => {
      const isStart = request.url?.includes('/uploads') === true;
      answering(isStart ? 200 : 500, isStart ? '{"id":"upload:a?sig=b"}' : '{}')(request, response);
    });
    const { templates } = connectCloud({ url }, { fetchPublic: fetched });
    expect(await templates?.submit(withMedium)).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('a template is refused', () => {
  test('for authentication, whose texts WhatsApp writes itself', async () => {
    const { submit, network } = await open();
    expect(await submit({ category: 'AUTHENTICATION' })).toMatchObject({ outcome: 'refused' });
    expect(network.calls).toEqual([]);
  });

  test("with Meta's reason", async () => {
    const { submit } = await open();
    await submit();
    expect(await submit({ content: 'Another.' })).toEqual({
      outcome: 'refused',
      reason: 'There is already content in this language for this template.',
    });
  });

  test("but not if Meta has the same template; then the outcome has Meta's status", async () => {
    const { submit } = await open();
    const details = { buttons: [{ type: 'QuickReply', label: 'Yes', data: 'yes' }] } as const;
    expect(await submit(details)).toEqual(submitted);
    expect(await submit(details)).toEqual({ ...submitted, status: 'approved' });
    expect(await submit({ ...details, language: 'fi' })).toEqual(submitted);
  });

  test.for([
    [190, 401],
    [4, 400],
    [2, 500],
    [200, 403],
  ] as const)('but is unavailable after error %i', async ([code, status]) => {
    const url = await startFaultyNetwork((request, response) => {
      const isLook = request.method === 'GET';
      const body = isLook ? '{"data":[]}' : JSON.stringify({ error: { code, message: 'No' } });
      answering(isLook ? 200 : status, body)(request, response);
    });
    expect(await connectCloud({ url }).templates?.submit(storedTemplate())).toMatchObject({ outcome: 'unavailable' });
  });

  test('but is unavailable if the list of templates can not be read', async () => {
    const url = await startFaultyNetwork((request, response) => {
      const isLook = request.method === 'GET';
      answering(isLook ? 503 : 400, isLook ? '{}' : '{"error":{"code":100,"message":"No"}}')(request, response);
    });
    expect(await connectCloud({ url }).templates?.submit(storedTemplate())).toMatchObject({ outcome: 'unavailable' });
  });

  test('and is unavailable if Meta accepts it without an id', async () => {
    const url = await startFaultyNetwork(answering(200, '{"status":"PENDING"}'));
    expect(await connectCloud({ url }).templates?.submit(storedTemplate())).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('the list', () => {
  /** A fake network that lists these templates. */
  const listOf = async (...data: unknown[]) => {
    const url = await startFaultyNetwork(answering(200, JSON.stringify({ data, paging: {} })));
    return connectCloud({ url }).templates?.list('+358401000001');
  };
  const body = { type: 'BODY', text: 'Hei {{1}}', example: { body_text: [['x']] } };
  const entry = {
    id: '5',
    name: 'a',
    language: 'en_US',
    category: 'MARKETING',
    status: 'APPROVED',
    components: [body],
  };
  const listed = {
    identity: '358401000001',
    name: 'a',
    language: 'en_US',
    category: 'MARKETING',
    content: 'Hei {{1}}',
    buttons: [],
    status: 'approved',
    carrierReference: '5',
  };

  test('contains submitted templates', async () => {
    const { submit, list } = await open();
    await submit({
      headerText: 'Order {{1}}',
      buttons: [
        { type: 'Url', label: 'Look', data: 'https://a.example/{{1}}' },
        { type: 'Url', label: 'Home', data: 'https://a.example/' },
      ],
    });
    const {
      customerId: _,
      displayName: __,
      createdAt: ___,
      updatedAt: ____,
      ...rest
    } = storedTemplate({
      headerText: 'Order {{1}}',
    });
    expect(await list()).toEqual([
      {
        ...rest,
        status: 'approved',
        carrierReference: expect.any(String) as string,
        buttons: [
          { type: 'Url', label: 'Look', data: 'https://a.example/{{1}}' },
          { type: 'Url', label: 'Home', data: 'https://a.example/' },
        ],
      },
    ]);
  });

  test('is read page by page, and only from the address in the settings', async () => {
    const network = await startCloud({ pageSize: 2 });
    const { templates } = connectCloud({ url: network.url });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await templates?.submit(storedTemplate({ name }));
    const answer = await templates?.list('358401000002');
    expect(answer).toMatchObject({ outcome: 'listed', templates: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })) });
    expect(network.calls.filter(({ method }) => method === 'GET')).toHaveLength(3);
  });

  test.for([
    ['a footer', [body, { type: 'FOOTER', text: 'Hei' }], {}],
    ['an image', [{ type: 'HEADER', format: 'IMAGE', example: {} }, body], { attachmentKind: 'image' }],
    ['a video', [{ type: 'HEADER', format: 'VIDEO' }, body], { attachmentKind: 'video' }],
    ['a document', [{ type: 'HEADER', format: 'DOCUMENT' }, body], { attachmentKind: 'document' }],
    ['a text header', [{ type: 'HEADER', format: 'TEXT', text: 'H' }, body], { headerText: 'H' }],
    [
      'buttons of several kinds',
      [
        body,
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Yes' },
            { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+358 40 1' },
          ],
        },
      ],
      {
        buttons: [
          { type: 'QuickReply', label: 'Yes', data: 'Yes' },
          { type: 'Call', label: 'Call', data: '358401' },
        ],
      },
    ],
  ] as const)('contains templates with %s', async ([, components, parts]) => {
    expect(await listOf({ ...entry, components })).toEqual({ outcome: 'listed', templates: [{ ...listed, ...parts }] });
  });

  test.for([
    [{ status: 'PENDING' }, { status: 'pending' }],
    [
      { status: 'REJECTED', rejected_reason: 'SCAM' },
      { status: 'rejected', reason: 'SCAM' },
    ],
    [
      { status: 'PAUSED', rejected_reason: 'NONE' },
      { status: 'rejected', reason: 'PAUSED' },
    ],
    [{ status: 'DISABLED' }, { status: 'rejected', reason: 'DISABLED' }],
    [{ category: 'UTILITY', id: 7 }, { category: 'UTILITY' }],
  ] as const)('contains their statuses: %j', async ([details, ours]) => {
    const { carrierReference: _, ...rest } = listed;
    const expected = 'id' in details ? rest : listed;
    expect(await listOf({ ...entry, ...details })).toEqual({
      outcome: 'listed',
      templates: [{ ...expected, ...ours }],
    });
  });

  test.for([
    ['for authentication', { category: 'AUTHENTICATION' }],
    ['with a named parameter', { components: [{ type: 'BODY', text: 'Hei {{name}}' }] }],
    ['with a location as header', { components: [{ type: 'HEADER', format: 'LOCATION' }, body] }],
    ['with cards', { components: [body, { type: 'CAROUSEL', cards: [] }] }],
    ['with a copy button', { components: [body, { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'x' }] }] }],
    ['with a button without a label', { components: [body, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY' }] }] }],
    ['without a body', { components: [] }],
    ['without components', { components: undefined }],
    ['with malformed components', { components: [7, null] }],
    ['without a name', { name: '' }],
    ['without a language', { language: 7 }],
    ['with an unknown status', { status: 'SOMEHOW' }],
  ] as const)('leaves out templates that the app can’t send: %s', async ([, details]) => {
    expect(await listOf({ ...entry, ...details }, null, 7, entry)).toEqual({ outcome: 'listed', templates: [listed] });
  });

  test.for([
    [500, '{}'],
    [401, '{"error":{"code":190}}'],
    [200, '{}'],
    [200, '{"data":{}}'],
    [200, 'OK'],
    [302, ''],
  ] as const)('is unavailable if Meta answers %i %s', async ([status, text]) => {
    const url = await startFaultyNetwork(answering(status, text));
    expect(await connectCloud({ url }).templates?.list('358401000001')).toEqual({
      outcome: 'unavailable',
      reason: expect.stringMatching(/\S/) as string,
    });
  });

  test('is unavailable if Meta never ends it', async () => {
    let calls = 0;
    const url = await startFaultyNetwork((request, response) => {
      calls += 1;
      answering(200, '{"data":[],"paging":{"next":"https://x","cursors":{"after":"a"}}}')(request, response);
    });
    expect(await connectCloud({ url }).templates?.list('358401000001')).toMatchObject({ outcome: 'unavailable' });
    expect(calls).toBeLessThanOrEqual(100);
  });
});
