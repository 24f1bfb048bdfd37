import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulatedCarrier } from '../../../../src/carriers/simulated/server.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import {
  networkKey,
  networkSecret,
  plainMessage,
  reportCalls,
  startNetwork,
  type Network,
} from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

// Nobody listens there, since these tests are not about reports.
const nowhere = 'http://127.0.0.1:9/reports';
const never = { latencyMs: 3_600_000 };

const post = (network: Network, body: string, authorization = `Bearer ${networkKey}`) =>
  fetch(`${network.url}/messages`, { method: 'POST', headers: { authorization }, body });

describe('POST /messages', () => {
  test('stores a message with all its fields for its phone', async () => {
    const receivedAt = new Date('2026-11-23T10:00:00Z');
    const network = await startNetwork({ ...never, now: () => receivedAt });
    const response = await network.submit(nowhere, [{ to: '+358401230001', protocol: 'WhatsApp', parts: 3 }]);
    const { results } = (await response.json()) as { results: { reference: string }[] };
    expect(response.status).toBe(202);
    expect(await network.list('?address=358401230001')).toEqual([
      {
        id: results[0]?.reference,
        recipientId: 'r1',
        messageId: 'm1',
        sender: 'Example',
        address: '358401230001',
        protocol: 'WhatsApp',
        content: 'Hyvää päivää',
        parts: 3,
        status: 'accepted',
        receivedAt: '2026-11-23T10:00:00.000Z',
      },
    ]);
  });

  test('lists the buttons of a message', async () => {
    const network = await startNetwork(never);
    const buttons = ['Kyllä', 'Ei', 'x'.repeat(20)];
    await network.submit(nowhere, [{ protocol: 'WhatsApp', buttons }]);
    expect(await network.list()).toMatchObject([{ content: 'Hyvää päivää', buttons }]);
  });

  test('does not store unknown fields', async () => {
    const network = await startNetwork(never);
    const before = Date.now();
    await network.submit(nowhere, [{ reference: 'mine', receivedAt: 0, address: '1', status: 'delivered', extra: 1 }]);
    const [message] = await network.list();
    expect(Object.keys(message ?? {})).toHaveLength(10);
    expect(message).toMatchObject({ address: plainMessage.to, status: 'accepted' });
    expect(message?.['id']).not.toBe('mine');
    expect(Date.parse(message?.['receivedAt'] as string)).toBeGreaterThanOrEqual(before);
  });

  test('if the carrier is non-idempotent, a repeated id is another message', async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.stop());
    const network = await startNetwork({ recognisesRepeats: false });
    const messages = [
      { id: 'a', to: '358401230001' },
      { id: 'b', to: '358401230004' },
      { id: 'c', to: '358401230006' },
    ];
    const submit = async () => (await network.submit(`${receiver.url}/reports`, messages)).json();
    const resultsOf = (answer: unknown) => (answer as { results: { result: string }[] }).results;
    expect(resultsOf(await submit()).map(({ result }) => result)).toEqual(['accepted', 'rejected', 'throttled']);
    expect(resultsOf(await submit()).map(({ result }) => result)).toEqual(['accepted', 'rejected', 'accepted']);
    const listed = await network.list('?address=358401230001');
    expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
    await eventually(() =>
      expect(
        reportCalls(receiver)
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(['a', 'a', 'c']),
    );
  });

  test('gives a repeated id its first answer, and the phone gets the message once', async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.stop());
    const network = await startNetwork();
    const reportUrl = `${receiver.url}/reports`;
    const messages = [
      { id: 'a', to: '358401230001' },
      { id: 'b', to: '358401230004' },
      { id: 'c', to: 'nobody' },
      { id: 'a', to: '358401230001', content: 'twice in one call' },
    ];
    const answers = await Promise.all([1, 2, 3].map(async () => (await network.submit(reportUrl, messages)).json()));
    const reference = expect.stringMatching(/^sim-/) as string;
    expect(answers[0]).toEqual({
      results: [
        { id: 'a', result: 'accepted', reference },
        {
          id: 'b',
          result: 'rejected',
          code: 'NumberBarred',
          message: 'The number is barred: no message is taken for it.',
        },
        { id: 'c', result: 'rejected', code: 'InvalidNumber', message: "'nobody' is not a phone number." },
        { id: 'a', result: 'accepted', reference },
      ],
    });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect((await network.list()).map(({ content }) => content)).toEqual([plainMessage.content]);

    // Another message follows: when its report is there, a second report of the others would be, too.
    await network.submit(reportUrl, [{ id: 'z' }]);
    await eventually(() => expect(reportCalls(receiver).flat()).toHaveLength(2));
    expect(
      reportCalls(receiver)
        .flat()
        .map(({ id }) => id),
    ).toEqual(['a', 'z']);
  });

  test('throttles each message to a throttling number only once', async () => {
    const network = await startNetwork(never);
    const submit = async (id: string) => {
      const response = await network.submit(nowhere, [{ id, to: '358401230006' }]);
      return ((await response.json()) as { results: { result: string }[] }).results[0]?.result;
    };
    expect([await submit('a'), await submit('b'), await submit('a'), await submit('a'), await submit('b')]).toEqual([
      'throttled',
      'throttled',
      'accepted',
      'accepted',
      'accepted',
    ]);
    expect(await network.list()).toHaveLength(2);
  });

  test.for(['', 'Bearer', 'Bearer ', `Bearer ${networkKey}x`, networkKey, `Basic ${networkKey}`])(
    'refuses the key %j',
    async (authorization) => {
      const network = await startNetwork();
      const response = await post(
        network,
        JSON.stringify({ reportUrl: nowhere, messages: [plainMessage] }),
        authorization,
      );
      expect([response.status, await response.json()]).toEqual([
        401,
        { code: 'Unauthorised', message: 'The Authorization header must be Bearer and the API key.' },
      ]);
      expect(await network.list()).toEqual([]);
    },
  );

  const filled = 'must be a text that is not empty.';
  const list = 'messages must be a list of 1 to 100.';
  const address = 'reportUrl must be an http or https address.';
  const body = (messages: unknown, reportUrl: unknown = nowhere) => JSON.stringify({ reportUrl, messages });
  const second = (change: object) => body([plainMessage, { ...plainMessage, id: 'r2', ...change }]);
  const labels = 'messages[1].buttons must be 1 to 3 different texts of 1 to 20 characters.';
  const withButtons = (buttons: unknown) => second({ protocol: 'WhatsApp', buttons });
  test.for([
    ['', 'The body must be JSON.'],
    ['{', 'The body must be JSON.'],
    ['null', 'The body must be an object.'],
    ['[]', 'The body must be an object.'],
    ['"messages"', 'The body must be an object.'],
    ['{}', address],
    [body([plainMessage], ''), address],
    [body([plainMessage], '/reports'), address],
    [body([plainMessage], 'file:///etc/passwd'), address],
    [body([plainMessage], 7), address],
    [body(undefined), list],
    [body({}), list],
    [body([]), list],
    [body(Array.from({ length: 101 }, (_, index) => ({ ...plainMessage, id: `r${index}` }))), list],
    [body([plainMessage, null]), 'messages[1] must be an object.'],
    [body(['r1']), 'messages[0] must be an object.'],
    [body([[]]), 'messages[0] must be an object.'],
    [second({ id: '' }), `messages[1].id ${filled}`],
    [second({ id: 7 }), `messages[1].id ${filled}`],
    [second({ messageId: undefined }), `messages[1].messageId ${filled}`],
    [second({ sender: null }), `messages[1].sender ${filled}`],
    [second({ to: 358401230001 }), `messages[1].to ${filled}`],
    [second({ protocol: 'sms' }), 'messages[1].protocol must be SMS or WhatsApp.'],
    [second({ content: undefined }), 'messages[1].content must be a text.'],
    [second({ parts: 0 }), 'messages[1].parts must be a whole number from 1.'],
    [second({ parts: 1.5 }), 'messages[1].parts must be a whole number from 1.'],
    [second({ parts: '1' }), 'messages[1].parts must be a whole number from 1.'],
    [second({ buttons: ['Yes'] }), 'messages[1].buttons are for WhatsApp only.'],
    [withButtons(null), labels],
    [withButtons('Yes'), labels],
    [withButtons({ 0: 'Yes' }), labels],
    [withButtons([]), labels],
    [withButtons(['1', '2', '3', '4']), labels],
    [withButtons(['Yes', '']), labels],
    [withButtons(['Yes', 7]), labels],
    [withButtons(['x'.repeat(21)]), labels],
    [withButtons(['Yes', 'No', 'Yes']), labels],
  ] as const)('refuses a malformed call: %s', async ([text, message]) => {
    const network = await startNetwork();
    const response = await post(network, text);
    expect([response.status, await response.json()]).toEqual([400, { code: 'BadRequest', message }]);
    expect(await network.list()).toEqual([]);
  });

  test('refuses a body that is too large', async () => {
    const network = await startNetwork();
    const response = await post(network, ' '.repeat(16 * 1024 * 1024 + 1));
    expect([response.status, await response.json()]).toEqual([
      413,
      { code: 'TooLarge', message: 'The body must have at most 16777216 bytes.' },
    ]);
  });

  test.for([
    ['358401230001', 'accepted'],
    ['+358401230001', 'accepted'],
    ['123', 'accepted'],
    ['12', 'rejected'],
    ['123456789012345', 'accepted'],
    ['1234567890123456', 'rejected'],
    ['+358 40 1230001', 'rejected'],
    ['++358401230001', 'rejected'],
    ['Example', 'rejected'],
  ])('a message to %s is %s', async ([to, result]) => {
    const network = await startNetwork(never);
    const response = await network.submit(nowhere, [{ to }]);
    expect(await response.json()).toMatchObject({ results: [{ id: 'r1', result }] });
  });
});

describe('GET /messages', () => {
  test('lists the messages of one phone or of all, newest first', async () => {
    const network = await startNetwork(never);
    await network.submit(nowhere, [
      { id: 'a', to: '358401230001' },
      { id: 'b', to: '358401230002' },
      { id: 'c', to: '358401230001' },
    ]);
    await network.submit(nowhere, [{ id: 'd', to: '358401230001' }]);
    const ids = async (query: string) => (await network.list(query)).map(({ recipientId }) => recipientId);
    expect(await ids('?address=358401230001')).toEqual(['d', 'c', 'a']);
    expect(await ids('?address=+358401230001')).toEqual(['d', 'c', 'a']);
    expect(await ids('?address=%2B358401230002')).toEqual(['b']);
    expect(await ids('')).toEqual(['d', 'c', 'b', 'a']);
    expect(await ids('?address=358401230003')).toEqual([]);
    expect(await ids('?address=')).toEqual([]);
    expect(await ids('?address=constructor')).toEqual([]);
  });

  test('lists at most a thousand messages', async () => {
    const network = await startNetwork(never);
    for (let call = 0; call < 11; call += 1) {
      const messages = Array.from({ length: 100 }, (_, index) => ({ id: `r${call * 100 + index}` }));
      await network.submit(nowhere, messages);
    }
    const listed = await network.list();
    expect([listed.length, listed[0]?.['recipientId'], listed[999]?.['recipientId']]).toEqual([1000, 'r1099', 'r100']);
  });
});

test('GET /health answers 200', async () => {
  const network = await startNetwork();
  const response = await fetch(`${network.url}/health`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'healthy' }]);
});

test.for([
  ['GET', '/'],
  ['GET', '/messages/1'],
  ['DELETE', '/messages'],
  ['POST', '/health'],
])('%s %s answers 404', async ([method = '', path = '']) => {
  const network = await startNetwork();
  const response = await fetch(network.url + path, { method });
  expect([response.status, await response.json()]).toEqual([
    404,
    { code: 'NotFound', message: `There is no ${method} ${path}.` },
  ]);
});

test('rejects if the port is in use', async () => {
  const network = await startNetwork();
  const port = Number(new URL(network.url).port);
  await expect(startSimulatedCarrier({ port, apiKey: networkKey, webhookSecret: networkSecret })).rejects.toThrow(
    'EADDRINUSE',
  );
});
