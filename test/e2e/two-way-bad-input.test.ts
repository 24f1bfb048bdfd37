import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../src/operation/errors.ts';
import { workers } from '../../src/workers.ts';
import { sendTo } from '../support/hosts/api.ts';
import type { ApiAnswer } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';
import { readsDirectory } from '../support/servers/storage-proxy.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
  // The host creates the queues that it listens to, which must not be counted.
  await eventually(() => {
    const made = local.storage.operations().filter(({ service, method }) => service === 'queue' && method === 'PUT');
    if (made.length < workers.length) throw new Error(`${made.length} queues are made`);
  });
});
afterAll(() => local.stop());

/** Returns the storage operations that do not read the directory. */
const done = () => local.storage.operations().filter((operation) => !readsDirectory(operation));

/** A request; headers that are undefined are omitted. */
interface Row {
  service?: string;
  headers?: Record<string, string | undefined>;
  body?: unknown;
  /** Sent as it is, instead of a body. */
  raw?: string;
}

type Expected = [status: number, code: string, target: string | undefined, message: RegExp];
type Rows = [name: string, row: Row, expected: Expected][];

const callbackUrl = 'https://prod-12.northeurope.logic.azure.com:443/workflows/1/run?sp=%2Ftriggers&sig=x';
const options = { endpointUrl: callbackUrl, httpVerb: 'POST' };
const good = { name: 'Webhook', actionType: 'HttpRequest', description: 'Of a flow', options };
const optionsWith = (details: Record<string, unknown>): Row => ({
  body: { ...good, options: { ...options, ...details } },
});

const refusedAddresses: [endpointUrl: string, message: RegExp][] = [
  ['not an address', /must not contain spaces/],
  ['/relative', /absolute https address/],
  ['example.com/hook', /absolute https address/],
  ['ftp://example.com/hook', /absolute https address/],
  ['javascript:alert(1)', /absolute https address/],
  ['https://', /absolute https address/],
  ['http://example.com/hook', /must be an https address/],
  ['http://169.254.169.254/metadata/instance', /must be an https address/],
  ['https://169.254.169.254/metadata/instance', /private network/],
  ['https://168.63.129.16/machine', /private network/],
  ['https://metadata.google.internal/', /private network/],
  ['https://10.0.0.1/', /private network/],
  ['https://10.0.0.1./', /private network/],
  ['https://172.16.0.1:8443/', /private network/],
  ['https://192.168.1.1/', /private network/],
  ['https://100.64.0.1/', /private network/],
  ['https://127.0.0.1/', /private network/],
  ['https://127.1/', /private network/],
  ['https://2130706433/', /private network/],
  ['https://0x7f.0.0.1/', /private network/],
  ['https://0177.0.0.1/', /private network/],
  ['https://%31%30.0.0.1/', /private network/],
  ['https://[::1]/', /private network/],
  ['https://[::ffff:10.0.0.1]/', /private network/],
  ['https://[64:ff9b::a00:1]/', /private network/],
  ['https://[fd00::1]/', /private network/],
  ['https://[fe80::1]/', /private network/],
  ['https://localhost/', /private network/],
  ['https://printer.local/', /private network/],
  ['https://intranet/', /must name its host in full/],
  ['https://user:secret@example.com/', /user name or a password/],
  [String.raw`https://example.com\@10.0.0.1/`, /backslashes/],
  ['https://exämple.com/', /outside ASCII/],
  [`https://example.com/${'x'.repeat(2_001 - 'https://example.com/'.length)}`, /at most 2,000 characters/],
];

const rows: Rows = [
  ...refusedAddresses.map(([endpointUrl, message]): Rows[number] => [
    `the address ${endpointUrl.slice(0, 50)}`,
    optionsWith({ endpointUrl }),
    [400, 'CallbackRefused', 'options.endpointUrl', message],
  ]),
  ...['GET', 'DELETE', 'TRACE', 'POSTER'].map((httpVerb): Rows[number] => [
    `the method ${httpVerb}`,
    optionsWith({ httpVerb }),
    [400, 'InvalidField', 'options.httpVerb', /must be one of POST, PUT, PATCH/],
  ]),
  ['a number as method', optionsWith({ httpVerb: 5 }), [400, 'InvalidField', 'options.httpVerb', /must be text/]],
  [
    'a number as address',
    optionsWith({ endpointUrl: 5 }),
    [400, 'InvalidField', 'options.endpointUrl', /must be text/],
  ],
  ['an empty address', optionsWith({ endpointUrl: '' }), [400, 'MissingField', 'options.endpointUrl', /required/]],
  ['no address', optionsWith({ endpointUrl: undefined }), [400, 'MissingField', 'options.endpointUrl', /required/]],
  ['no method', optionsWith({ httpVerb: undefined }), [400, 'MissingField', 'options.httpVerb', /required/]],
  ...['name', 'actionType', 'description', 'options'].map((field): Rows[number] => [
    `no ${field}`,
    { body: { ...good, [field]: undefined } },
    [400, 'MissingField', field, /required/],
  ]),
  ['a list as options', { body: { ...good, options: [] } }, [400, 'InvalidField', 'options', /must be an object/]],
  ['another action', { body: { ...good, actionType: 'Email' } }, [400, 'InvalidField', 'actionType', /HttpRequest/]],
  ['a long name', { body: { ...good, name: 'x'.repeat(256) } }, [400, 'InvalidField', 'name', /255/]],
  [
    'a long description',
    { body: { ...good, description: 'x'.repeat(1_001) } },
    [400, 'InvalidField', 'description', /1,?000/],
  ],
  ['not JSON', { raw: 'nonsense' }, [400, 'InvalidJson', undefined, /not valid JSON/]],
  ['an empty body', { raw: '' }, [400, 'InvalidJson', undefined, /it is empty/]],
  ['a list as body', { body: [] }, [400, 'InvalidField', 'the body', /must be an object/]],
  [
    'another content type',
    { headers: { 'Content-Type': 'text/plain' } },
    [415, 'UnsupportedContentType', undefined, /text\/plain/],
  ],
  ['no customer', { headers: { Customer: undefined } }, [400, 'MissingParameter', 'Customer', /^Customer is empty\./]],
  ['an unknown customer', { headers: { Customer: 'nobody' } }, [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
  ['a foreign customer', { headers: { Customer: 'other' } }, [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
  ['an unknown service', { service: 'nothing' }, [404, 'ServiceNotFound', 'Service', /Verify the service id/]],
  ['a foreign service', { service: 'other-twoway' }, [404, 'ServiceNotFound', 'Service', /Verify the service id/]],
  ['a OneWay service', { service: 'demo-oneway' }, [400, 'WrongServiceType', 'Service', /OneWay.*TwoWay/]],
  ['a Group service', { service: 'demo-group' }, [400, 'WrongServiceType', 'Service', /Group.*TwoWay/]],
  ['no token', { headers: { Authorization: undefined } }, [401, 'Unauthenticated', undefined, /token/]],
  ['no real token', { headers: { Authorization: 'Bearer x' } }, [401, 'Unauthenticated', undefined, /token/]],
];

/** Posts the body of a row, or the standard body. */
async function post(path: string, standard: Row, row: Row): Promise<ApiAnswer> {
  const headers = Object.fromEntries(
    Object.entries({
      Authorization: `Bearer ${local.api.token}`,
      'Content-Type': 'application/json',
      ...standard.headers,
      ...row.headers,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const body = row.raw ?? JSON.stringify(row.body ?? standard.body);
  local.storage.reset();
  const answer = await fetch(`${local.host.baseUrl}${path}`, { method: 'POST', headers, body });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

function expectRefusal(answer: ApiAnswer, [status, code, target, sentence]: Expected): void {
  expect(answer.status).toBe(status);
  const { error, message } = answer.body as ErrorBody;
  expect([error.code, error.target, error.details?.[0]?.target]).toEqual([code, target, target]);
  expect(error.message).toMatch(sentence);
  expect(message).toBe(error.message);
  expect(message).not.toMatch(/[{}]/);
}

describe('New Message', () => {
  const request = (row: Row) =>
    post(
      `/service/${row.service ?? 'demo-twoway'}/pipelines/actions`,
      { headers: { Customer: 'demo' }, body: good },
      row,
    );

  test.each(rows)('refuses %s, and stores nothing', async (_, row, expected) => {
    expectRefusal(await request(row), expected);
    expect(done()).toEqual([]);
  });

  test('names all problems at once', async () => {
    const answer = await request({ body: { actionType: 'Email', options: { endpointUrl: 'x', httpVerb: 'GET' } } });
    const { error } = answer.body as ErrorBody;
    expect(error.details?.map(({ code, target }) => `${code} ${target}`).sort()).toEqual([
      'CallbackRefused options.endpointUrl',
      'InvalidField actionType',
      'InvalidField options.httpVerb',
      'MissingField description',
      'MissingField name',
    ]);
    expect(done()).toEqual([]);
  });

  test('accepts the valid request of this table, for one storage operation', async () => {
    expect((await request({})).status).toBe(201);
    expect((await request(optionsWith({ httpVerb: ' patch ' }))).status).toBe(201);
    expect(done()).toHaveLength(1);
  });
});

describe('Unsubscribe Callback', () => {
  test.each<Rows[number]>([
    ['no address', { body: {} }, [400, 'MissingField', 'callbackUrl', /required/]],
    ['a number as address', { body: { callbackUrl: 5 } }, [400, 'InvalidField', 'callbackUrl', /must be text/]],
    ['a foreign customer', { headers: { Customer: 'other' } }, [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
    ['a foreign service', { service: 'other-twoway' }, [404, 'ServiceNotFound', 'Service', /Verify/]],
    ['no token', { headers: { Authorization: undefined } }, [401, 'Unauthenticated', undefined, /token/]],
  ])('refuses %s, and reads nothing', async (_, row, expected) => {
    const path = `/service/${row.service ?? 'demo-twoway'}/pipelines/actions/unsubscribe`;
    expectRefusal(await post(path, { headers: { Customer: 'demo' }, body: { callbackUrl } }, row), expected);
    expect(done()).toEqual([]);
  });
});

describe('Send Discussion Reply Message', () => {
  const standard = { headers: { CustomerId: 'demo' }, body: { ThreadId: '0'.repeat(44), Content: 'Hello' } };
  const ofDemo = (content: unknown): Row => ({ body: { ThreadId: '0'.repeat(44), Content: content } });
  test.each<Rows[number]>([
    ['no thread', { body: { Content: 'Hello' } }, [400, 'MissingField', 'ThreadId', /required/]],
    ['a number as thread', { body: { ThreadId: 5, Content: 'Hello' } }, [400, 'InvalidField', 'ThreadId', /text/]],
    ['a foreign thread', {}, [404, 'ThreadNotFound', 'ThreadId', /no thread with the id in ThreadId/]],
    ['no thread id', { body: { ThreadId: '..', Content: 'Hello' } }, [404, 'ThreadNotFound', 'ThreadId', /thread/]],
    ['no content', { body: { ThreadId: '0'.repeat(44) } }, [400, 'MissingField', 'Content', /required/]],
    ['a number as content', ofDemo(5), [400, 'InvalidField', 'Content', /must be text/]],
    ['a foreign customer', { headers: { CustomerId: 'other' } }, [403, 'CustomerNotAssigned', 'CustomerId', /assign/]],
    [
      'no customer',
      { headers: { CustomerId: undefined } },
      [400, 'MissingParameter', 'CustomerId', /^CustomerId is empty\./],
    ],
    ['no token', { headers: { Authorization: undefined } }, [401, 'Unauthenticated', undefined, /token/]],
  ])('refuses %s, and reads nothing', async (_, row, expected) => {
    expectRefusal(await post('/messages/discussion/reply', standard, row), expected);
    expect(done()).toEqual([]);
  });
});

describe('Send Reply Message', () => {
  const phone = '358401230001';
  const standard = { headers: { 'Customer-Id': 'demo', 'Service-Id': 'demo-reply' }, body: sendTo([phone]) };
  const serviceOf = (id: string): Row => ({ headers: { 'Service-Id': id } });
  test.each<Rows[number]>([
    ['a malformed id', {}, [404, 'MessageNotFound', 'ParentMessageId', /no message with the id in ParentMessageId/]],
    ['no content', { body: { ...sendTo([phone]), Content: '' } }, [400, 'MissingField', 'Content', /empty/]],
    ['no list', { body: { ...sendTo([]), Recipients: 'x' } }, [400, 'InvalidField', 'Recipients', /must be a list/]],
    ['a service without replies', serviceOf('demo-oneway'), [400, 'WrongServiceType', 'Service-Id', /repl/]],
    ['a foreign service', serviceOf('other-oneway'), [404, 'ServiceNotFound', 'Service-Id', /Verify/]],
    ['a TwoWay service', serviceOf('demo-twoway'), [400, 'WrongServiceType', 'Service-Id', /TwoWay/]],
    ['a foreign customer', { headers: { 'Customer-Id': 'other' } }, [403, 'CustomerNotAssigned', 'Customer-Id', /as/]],
    ['no token', { headers: { Authorization: undefined } }, [401, 'Unauthenticated', undefined, /token/]],
  ])('refuses %s, and reads nothing', async (_, row, expected) => {
    expectRefusal(await post('/messages/reply/nonsense', standard, row), expected);
    expect(done()).toEqual([]);
  });

  test.each([`i${'0'.repeat(32)}`, '0'.repeat(32)])(
    'refuses %s that does not exist, and writes nothing',
    async (id) => {
      const answer = await post(`/messages/reply/${id}`, standard, {});
      expectRefusal(answer, [404, 'MessageNotFound', 'ParentMessageId', /no message with the id in ParentMessageId/]);
      expect(local.storage.operations().filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(await local.api.inbox(phone)).toEqual([]);
    },
  );
});
