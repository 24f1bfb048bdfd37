import { describe, expect, test } from 'vitest';

import type { AccessPort, Caller, Customer, Service } from '../../../src/operation/access.ts';
import { defineOperation, inHeader, inPath, inQuery } from '../../../src/operation/define-operation.ts';
import { bodyLimit } from '../../../src/operation/dispatch.ts';
import { apiError, problem } from '../../../src/operation/errors.ts';
import type { ErrorCode, Problem } from '../../../src/operation/errors.ts';
import { choice, flag, list, object, optional, text } from '../../../src/operation/schema.ts';
import type { CallPermit, ThrottlePort } from '../../../src/operation/throttle.ts';
import { UnavailableError } from '../../../src/core/unavailable-error.ts';
import {
  callOperation,
  problemsOf,
  testCaller,
  testCustomer,
  testNow,
  testService,
} from '../../support/labs/kernel.ts';
import type { TestRequest } from '../../support/labs/kernel.ts';

const label = { title: 'Label', description: 'A label.' };

/** The dependencies of the operations below, in which each records its arguments. */
interface Notes {
  prepared: unknown[];
  handled: unknown[];
}

const notes = (): Notes => ({ prepared: [], handled: [] });

/** An operation that uses all that the kernel resolves, and refuses the name `Nobody` by a rule of its own. */
function operationWithRules({ prepared }: Notes) {
  return defineOperation({
    operationId: 'AddNote',
    method: 'POST',
    path: '/books/{Group Service}/notes',
    summary: 'Add note',
    description: 'Add a note.',
    scopes: ['Gateway.Send'],
    parameters: {
      'Group Service': inPath(text(label)),
      'Customer-Id': inHeader(text(label)),
      'Service-Id': inHeader(text(label)),
      Urgent: inHeader(optional(flag(label))),
      Kind: inQuery(choice(['Small', 'Large'], { ...label, default: 'Small' })),
    },
    body: {
      name: 'Body',
      description: 'The note.',
      schema: object({ Name: text({ ...label, maxLength: 10 }), Tags: optional(list(text(label), { maxItems: 3 })) }),
    },
    answer: { status: 200, description: 'It is added.', schema: object({ Id: text(label) }) },
    errors: [],
    customer: 'Customer-Id',
    service: { parameter: 'Service-Id', type: 'OneWay' },
    prepare(request) {
      prepared.push(request);
      const { Name } = request.body as { Name?: unknown };
      const problems: Problem[] = Name === 'Nobody' ? [problem('EmptyContent', { target: 'Name' })] : [];
      return { problems, prepared: `prepared ${String(Name)}` };
    },
    async handler(request, { handled }: Notes) {
      handled.push(request);
      return { body: { Id: 'n1' }, headers: { 'X-Note': 'kept' } };
    },
  });
}

const good: TestRequest = {
  headers: {
    authorization: 'Bearer secret',
    'customer-id': 'demo',
    'service-id': 'demo-oneway',
    'content-type': 'application/json',
  },
  params: { GroupService: 'g1' },
  json: { Name: 'Aino' },
};

/** Calls the operation above; `handled` and `prepared` are the arguments of its two functions. */
async function call(details: Partial<TestRequest>, options?: Parameters<typeof callOperation>[3]) {
  const deps = notes();
  const request = { ...good, ...details, headers: { ...good.headers, ...details.headers } };
  return { ...(await callOperation(operationWithRules(deps), request, deps, options)), ...deps };
}

const steps = [
  'authenticate Bearer secret',
  'customer demo in Customer-Id for demo-user',
  'service demo-oneway in Service-Id of demo as OneWay',
  'body',
];

describe('a valid request', () => {
  test('is checked for token, customer, service and body in this order, and reaches the handler', async () => {
    const { answer, log, steps: taken, handled, prepared } = await call({});
    const settled = {
      parameters: { 'Group Service': 'g1', 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', Kind: 'Small' },
      caller: testCaller,
      customer: testCustomer,
      service: testService,
      now: testNow,
    };
    expect(taken).toEqual(steps);
    expect(prepared).toEqual([{ ...settled, body: { Name: 'Aino' } }]);
    expect(handled).toEqual([
      { ...settled, body: { Name: 'Aino' }, prepared: 'prepared Aino', header: expect.any(Function) as unknown },
    ]);
    expect(answer).toEqual({ status: 200, headers: { 'X-Note': 'kept' }, jsonBody: { Id: 'n1' } });
    expect(log).toEqual([{ operation: 'AddNote', status: 200, customer: 'demo', reference: 'invocation-1' }]);
  });

  test('may have blanks around parameters, flags as .NET writes them, and an encoded slash', async () => {
    const { handled } = await call({
      headers: { 'customer-id': '  demo ', urgent: 'True' },
      params: { GroupService: 'a%2Fb' },
      query: { Kind: ' Large ' },
    });
    expect(handled).toEqual([
      expect.objectContaining({
        parameters: {
          'Group Service': 'a/b',
          'Customer-Id': 'demo',
          'Service-Id': 'demo-oneway',
          Urgent: true,
          Kind: 'Large',
        },
      }),
    ]);
  });

  test('may have empty optional values and unknown fields', async () => {
    const json = { Name: 'Aino', Tags: null, Colour: 'red' };
    const { handled } = await call({ headers: { urgent: '  ' }, query: { Kind: '' }, json });
    expect(handled).toEqual([
      expect.objectContaining({
        parameters: { 'Group Service': 'g1', 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', Kind: 'Small' },
        body: { Name: 'Aino' },
      }),
    ]);
  });
});

test('a handler can read headers that are not parameters, by names in any case', async () => {
  const { handled } = await call({ headers: { 'x-ms-workflow-id': 'w1' } });
  const [{ header }] = handled as [{ header: (name: string) => string | null }];
  expect(['x-ms-workflow-id', 'X-MS-Workflow-Id', 'x-ms-workflow-name'].map(header)).toEqual(['w1', 'w1', null]);
});

describe('an operation that accepts calls without a token', () => {
  const open = (anonymous: true | undefined) =>
    defineOperation({
      operationId: 'Leave',
      method: 'DELETE',
      path: '/leave/{Key}',
      summary: 'Leave',
      description: 'Leave.',
      scopes: ['Gateway.Send'],
      parameters: { Key: inPath(text({ ...label, maxLength: 5 })) },
      answer: { status: 204, description: 'Left.' },
      errors: [],
      ...(anonymous === undefined ? {} : { anonymous }),
      prepare(request, { prepared }: Notes) {
        prepared.push(request.caller);
        return { problems: [], prepared: undefined };
      },
      async handler(request, { handled }) {
        handled.push(request);
        return { body: undefined };
      },
    });

  const leave = async (
    anonymous: true | undefined,
    authenticate: AccessPort['authenticate'],
    request: TestRequest = {},
  ) => {
    const deps = notes();
    const given = { params: { Key: 'k1' }, ...request };
    return { ...(await callOperation(open(anonymous), given, deps, { access: { authenticate } })), ...deps };
  };

  const failure = (code: ErrorCode) => async (): Promise<Caller> => {
    throw apiError(code, { reason: 'it is a test', what: 'The key server' });
  };
  const settled = {
    parameters: { Key: 'k1' },
    customer: undefined,
    service: undefined,
    body: undefined,
    prepared: undefined,
    header: expect.any(Function) as unknown,
    now: testNow,
  };

  test.each<[string, Record<string, string>, AccessPort['authenticate'], number]>([
    ['no header', {}, failure('Unauthenticated'), 401],
    ['a malformed token', { authorization: 'Bearer x' }, failure('Unauthenticated'), 401],
    ['a user whom the directory does not know', { authorization: 'Bearer secret' }, failure('UserNotAllowed'), 403],
    ['keys that are not available', { authorization: 'Bearer secret' }, failure('Unavailable'), 503],
  ])('gets no caller from %s, which other operations refuse', async (_, headers, authenticate, status) => {
    const { answer, log, steps: taken, handled, prepared } = await leave(true, authenticate, { headers });
    expect(answer).toEqual({ status: 204, headers: {} });
    expect(log).toEqual([{ operation: 'Leave', status: 204, reference: 'invocation-1' }]);
    expect(taken).toEqual([`authenticate ${headers['authorization'] ?? null}`]);
    expect(prepared).toEqual([undefined]);
    expect(handled).toStrictEqual([{ ...settled, caller: undefined }]);

    const refused = await leave(undefined, authenticate, { headers });
    expect([refused.answer.status, refused.prepared, refused.handled]).toEqual([status, [], []]);
  });

  test('needs no scope of a caller with a valid token', async () => {
    const { answer, handled } = await leave(true, async () => ({ ...testCaller, scopes: [] }));
    expect([answer.status, handled]).toEqual([204, [{ ...settled, caller: { ...testCaller, scopes: [] } }]]);
  });

  test('is not throttled, with or without a valid token', async () => {
    const throttle: ThrottlePort = { take: async () => ({ allowed: false, limit: 1, retryAfterSeconds: 1 }) };
    for (const authenticate of [async () => testCaller, failure('Unauthenticated')]) {
      const deps = notes();
      const options = { access: { authenticate }, throttle };
      const { answer, steps: taken } = await callOperation(open(true), { params: { Key: 'k1' } }, deps, options);
      expect([answer.status, taken]).toEqual([204, ['authenticate null']]);
    }
  });

  test('gets the caller of a valid token', async () => {
    const { answer, handled, prepared } = await leave(true, async () => testCaller);
    expect([answer.status, prepared, handled]).toEqual([204, [testCaller], [{ ...settled, caller: testCaller }]]);
  });

  test.each<[string, unknown]>([
    ['an Error', new TypeError('x is not a function')],
    ['an object that looks like a refusal', { code: 'Unauthenticated', status: 401, problems: [] }],
  ])('gets no caller if authentication fails on our side, and logs the reason: %s', async (_, thrown) => {
    const { answer, log, handled } = await leave(true, async () => {
      throw thrown;
    });
    expect([answer.status, handled]).toStrictEqual([204, [{ ...settled, caller: undefined }]]);
    expect(log).toEqual([{ operation: 'Leave', status: 204, reference: 'invocation-1', error: thrown }]);
  });

  test('checks its parameters like other operations', async () => {
    const { answer, handled } = await leave(true, failure('Unauthenticated'), { params: { Key: 'too long' } });
    expect([answer.status, problemsOf(answer), handled]).toEqual([400, [['InvalidParameter', 'Key']], []]);
  });
});

describe('the first check that fails ends the request', () => {
  const everythingWrong: Partial<TestRequest> = {
    headers: { 'customer-id': '', urgent: 'maybe' },
    bytes: new TextEncoder().encode('not JSON'),
  };
  const refused = (code: 'Unauthenticated' | 'CustomerNotAssigned' | 'ServiceNotFound') => async () => {
    throw apiError(code, { target: 'X', reason: 'it is a test' });
  };

  test('the token, before everything else', async () => {
    const {
      answer,
      steps: taken,
      prepared,
      handled,
    } = await call(everythingWrong, {
      access: { authenticate: refused('Unauthenticated') },
    });
    expect([answer.status, taken, prepared, handled]).toEqual([401, steps.slice(0, 1), [], []]);
  });

  const permit = (given: CallPermit): ThrottlePort => ({ take: async () => given });
  const upToThrottle = [...steps.slice(0, 1), 'throttle test-connection'];

  test('the throttle, before the scope and the parameters, with the time to wait', async () => {
    const throttle = permit({ allowed: false, limit: 100, retryAfterSeconds: 17 });
    const authenticate = async () => ({ ...testCaller, scopes: [] });
    const call429 = await call(everythingWrong, { throttle, access: { authenticate } });
    const { answer, steps: taken, prepared, handled, log } = call429;
    const message =
      'This connection made more than 100 calls within 60 seconds. Wait 17 seconds, and spread the calls.';
    expect(answer).toEqual({
      status: 429,
      headers: { 'Retry-After': '17' },
      jsonBody: { error: { code: 'Throttled', message }, message },
    });
    expect([taken, prepared, handled]).toEqual([upToThrottle, [], []]);
    expect(log).toEqual([{ operation: 'AddNote', status: 429, code: 'Throttled', reference: 'invocation-1' }]);
  });

  test('the token, before the throttle', async () => {
    const throttle = permit({ allowed: false, limit: 100, retryAfterSeconds: 17 });
    const { answer, steps: taken } = await call({}, { throttle, access: { authenticate: refused('Unauthenticated') } });
    expect([answer.status, taken]).toEqual([401, steps.slice(0, 1)]);
  });

  test('a call that could not be counted is allowed, and the reason is logged', async () => {
    const failure = new Error('no storage');
    const counted = await call({}, { throttle: permit({ allowed: true }) });
    expect([counted.answer.status, counted.steps]).toEqual([200, [...upToThrottle, ...steps.slice(1)]]);
    expect(counted.log).toEqual([{ operation: 'AddNote', status: 200, customer: 'demo', reference: 'invocation-1' }]);
    const uncounted = await call({}, { throttle: permit({ allowed: true, failure }) });
    expect(uncounted.answer.status).toBe(200);
    expect(uncounted.log).toEqual([{ ...counted.log[0], error: failure }]);
  });

  test('the parameters, all of them, before the customer', async () => {
    const { answer, steps: taken, prepared, handled } = await call(everythingWrong);
    expect([answer.status, taken, prepared, handled]).toEqual([400, steps.slice(0, 1), [], []]);
    expect(problemsOf(answer)).toEqual([
      ['MissingParameter', 'Customer-Id'],
      ['InvalidParameter', 'Urgent'],
    ]);
  });

  test('the customer, before the service', async () => {
    const {
      answer,
      steps: taken,
      prepared,
      handled,
      log,
    } = await call(
      { bytes: new TextEncoder().encode('not JSON') },
      { access: { customer: refused('CustomerNotAssigned') } },
    );
    expect([answer.status, taken, prepared, handled]).toEqual([403, steps.slice(0, 2), [], []]);
    expect(log).toEqual([
      { operation: 'AddNote', status: 403, code: 'CustomerNotAssigned', reference: 'invocation-1' },
    ]);
  });

  test('the service, before the body', async () => {
    const {
      answer,
      steps: taken,
      prepared,
      handled,
    } = await call(
      { headers: { 'content-type': 'text/plain', 'content-length': '99999999' } },
      { access: { service: refused('ServiceNotFound') } },
    );
    expect([answer.status, taken, prepared, handled]).toEqual([404, steps.slice(0, 3), [], []]);
  });

  test('schema and rules of the body, together', async () => {
    const { answer, steps: taken, handled, log } = await call({ json: { Name: 'Nobody', Tags: ['a', 5, '\0'] } });
    expect([answer.status, taken, handled]).toEqual([400, steps, []]);
    expect(problemsOf(answer)).toEqual([
      ['InvalidField', 'Tags[1]'],
      ['InvalidCharacters', 'Tags[2]'],
      ['EmptyContent', 'Name'],
    ]);
    expect(log).toEqual([
      { operation: 'AddNote', status: 400, code: 'InvalidField', customer: 'demo', reference: 'invocation-1' },
    ]);
  });
});

describe('an error answer', () => {
  test('with several problems shows the first, counts the others and lists all', async () => {
    const { answer } = await call({ json: { Tags: [1, 2] } });
    const details = [
      problem('MissingField', { target: 'Name' }),
      problem('InvalidField', { target: 'Tags[0]', rule: 'must be text' }),
      problem('InvalidField', { target: 'Tags[1]', rule: 'must be text' }),
    ];
    const message = 'Name is required and must not be empty. Enter a value. (2 more problems: see details.)';
    expect(answer).toEqual({
      status: 400,
      headers: {},
      jsonBody: { error: { code: 'MissingField', message, target: 'Name', details }, message },
    });
  });

  test('with one problem shows only that problem', async () => {
    const { answer } = await call({ json: {} });
    const message = 'Name is required and must not be empty. Enter a value.';
    const details = [{ code: 'MissingField', message, target: 'Name' }];
    expect(answer.jsonBody).toEqual({ error: { code: 'MissingField', message, target: 'Name', details }, message });
  });

  test('about the request as a whole names no field', async () => {
    const { answer } = await call({ bytes: new Uint8Array() });
    const message =
      'The body is not valid JSON: it is empty or came without its length. Send one JSON object encoded in UTF-8.';
    expect(answer).toEqual({
      status: 400,
      headers: {},
      jsonBody: { error: { code: 'InvalidJson', message }, message },
    });
  });
});

describe('the body on the wire', () => {
  const bytes = (...parts: (string | readonly number[])[]) =>
    new Uint8Array(parts.flatMap((part) => [...(typeof part === 'string' ? Buffer.from(part) : part)]));

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;odata=verbose',
    'Application/JSON ;charset=UTF-8',
    ' application/json ',
    'application/vnd.smart-dialog.v1+json',
    'application/problem+json;x=y',
  ])('may be of type %s', async (contentType) => {
    expect((await call({ headers: { 'content-type': contentType } })).answer.status).toBe(200);
  });

  test('may have no content type', async () => {
    const deps = notes();
    const { 'content-type': _, ...headers } = good.headers ?? {};
    expect((await callOperation(operationWithRules(deps), { ...good, headers }, deps)).answer.status).toBe(200);
  });

  test.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'application/jsonx',
    'application/json5',
    'application/json, text/plain',
    'xapplication/json',
    'application/+json',
    '',
  ])('may not be of type "%s", and is then not read', async (contentType) => {
    const { answer, steps: taken } = await call({ headers: { 'content-type': contentType } });
    expect([answer.status, problemsOf(answer), taken]).toEqual([
      415,
      [['UnsupportedContentType', undefined]],
      steps.slice(0, 3),
    ]);
  });

  test('is not read if its header announces too large a length', async () => {
    const { answer, steps: taken } = await call({ headers: { 'content-length': String(bodyLimit + 1) } });
    expect([answer.status, problemsOf(answer), taken]).toEqual([413, [['BodyTooLarge', undefined]], steps.slice(0, 3)]);
    expect((await call({ headers: { 'content-length': String(bodyLimit) } })).answer.status).toBe(200);
  });

  test('is refused if it is too large, whatever length its header announces', async () => {
    const withSize = (size: number) => {
      const [head, tail] = ['{"Name":"Aino","Colour":"', '"}'];
      return new TextEncoder().encode(`${head}${'x'.repeat(size - head.length - tail.length)}${tail}`);
    };
    expect((await call({ bytes: withSize(bodyLimit) })).answer.status).toBe(200);
    const tooLarge = await call({ bytes: withSize(bodyLimit + 1) });
    expect([tooLarge.answer.status, problemsOf(tooLarge.answer)]).toEqual([413, [['BodyTooLarge', undefined]]]);
    const lied = await call({ bytes: withSize(bodyLimit + 1), headers: { 'content-length': '10' } });
    expect(lied.answer.status).toBe(413);
  });

  test('may begin with a byte order mark', async () => {
    const { handled } = await call({ bytes: bytes([0xef, 0xbb, 0xbf], '{"Name":"Äiti"}') });
    expect(handled).toEqual([expect.objectContaining({ body: { Name: 'Äiti' } })]);
  });

  test.each([
    ['nothing', bytes()],
    ['blanks', bytes('  \n')],
    ['half a document', bytes('{"Name":')],
    ['two documents', bytes('{"Name":"a"}{"Name":"b"}')],
    ['a form', bytes('Name=Aino')],
    ['a comment', bytes('{"Name":"a"} // note')],
    ['a trailing comma', bytes('{"Name":"a",}')],
    ['single quotes', bytes("{'Name':'a'}")],
    ['NaN', bytes('{"Name":NaN}')],
    ['Latin-1', bytes('{"Name":"', [0xe4], 'iti"}')],
    ['UTF-8 cut short', bytes('{"Name":"', [0xf0, 0x9f, 0x98], '"}')],
    ['an overlong NUL', bytes('{"Name":"', [0xc0, 0x80], '"}')],
    ['a surrogate in UTF-8', bytes('{"Name":"', [0xed, 0xa0, 0x80], '"}')],
    ['UTF-16', new Uint8Array(Buffer.from('{"Name":"a"}', 'utf16le'))],
    ['a control character in a text', bytes('{"Name":"a', [0x01], '"}')],
    ['binary', bytes([0x1f, 0x8b, 0x08, 0x00, 0xff])],
  ])('is refused if it is %s', async (_, given) => {
    const { answer, handled } = await call({ bytes: given });
    expect([answer.status, problemsOf(answer), handled]).toEqual([400, [['InvalidJson', undefined]], []]);
  });

  test('is refused if it is nested without end', async () => {
    const deep = bytes('{"Name":"a","Other":', '['.repeat(200_000), ']'.repeat(200_000), '}');
    const { answer } = await call({ bytes: deep });
    expect([answer.status, problemsOf(answer)]).toEqual([400, [['InvalidField', 'Other[0][0]']]]);
  });

  test('changes no prototype', async () => {
    const given = bytes('{"Name":"Aino","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    const { answer } = await call({ bytes: given });
    expect(answer.status).toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const hidden = await call({ bytes: bytes('{"__proto__":{"Name":"Aino"}}') });
    expect(problemsOf(hidden.answer)).toEqual([['MissingField', 'Name']]);
  });
});

/** An operation without parameters and body, with the handler of the test. */
function bare(handler: () => Promise<{ body: unknown; headers?: Record<string, string>; failure?: unknown }>) {
  return defineOperation({
    operationId: 'Bare',
    method: 'GET',
    path: '/bare',
    summary: 'Bare',
    description: 'Has nothing.',
    scopes: ['Gateway.Send'],
    parameters: {},
    answer: { status: 204, description: 'Nothing.' },
    errors: [],
    handler: async () => ({ ...(await handler()), body: undefined }),
  });
}

describe('answers', () => {
  test('with status 204 have no body, and the request is not read', async () => {
    const operation = bare(async () => ({ body: 'left out' }));
    const { answer, log, steps: taken } = await callOperation(operation, { json: { any: 'thing' } }, undefined);
    expect(answer).toEqual({ status: 204, headers: {} });
    expect('jsonBody' in answer).toBe(false);
    expect(taken).toEqual(['authenticate null']);
    expect(log).toEqual([{ operation: 'Bare', status: 204, reference: 'invocation-1' }]);
  });

  test('may carry headers', async () => {
    const operation = bare(async () => ({ body: 0, headers: { Location: '/elsewhere' } }));
    expect((await callOperation(operation, {}, undefined)).answer.headers).toEqual({ Location: '/elsewhere' });
  });
});

describe('rules that read from storage', () => {
  const lookUp = (known: () => Promise<boolean>) =>
    defineOperation({
      operationId: 'LookUp',
      method: 'GET',
      path: '/look-up',
      summary: 'Look up',
      description: 'Looks something up.',
      scopes: ['Gateway.Send'],
      parameters: {},
      answer: { status: 200, description: 'What was found.', schema: text(label) },
      errors: ['MessageNotFound'],
      prepare: async (_, deps: { name: string }) => ({
        problems: (await known()) ? [] : [problem('MessageNotFound', { target: 'MessageId' })],
        prepared: deps.name,
      }),
      handler: async ({ prepared }) => ({ body: prepared }),
    });
  const deps = { name: 'the world' };

  test('are awaited, and get the same dependencies as the handler', async () => {
    const found = await callOperation(
      lookUp(async () => true),
      {},
      deps,
    );
    expect(found.answer.jsonBody).toBe('the world');
    const missing = await callOperation(
      lookUp(async () => false),
      {},
      deps,
    );
    expect(problemsOf(missing.answer)).toEqual([['MessageNotFound', 'MessageId']]);
  });

  test('are a failure of ours if they reject', async () => {
    const failing = lookUp(async () => {
      throw new Error('no storage');
    });
    expect((await callOperation(failing, {}, deps)).answer.status).toBe(500);
  });
});

describe('failures of ours', () => {
  const message =
    'Something went wrong on our side. Try again. If it happens again, give your administrator the reference invocation-1.';
  const answer500 = {
    status: 500,
    headers: {},
    jsonBody: { error: { code: 'InternalError', message }, message },
  };
  const secret = new Error('AccountKey=abc at /src/secret.ts');

  test.each<[where: string, thrown: unknown]>([
    ['an Error', secret],
    ['a TypeError', new TypeError('x is not a function')],
    ['a text', 'a text'],
    ['an object', { code: 'Unauthenticated', status: 401, problems: [] }],
    ['null', null],
  ])('%s in a handler is a 500 with only a reference, and is logged', async (_, thrown) => {
    const { answer, log } = await callOperation(
      bare(async () => {
        throw thrown;
      }),
      {},
      undefined,
    );
    expect(answer).toEqual(answer500);
    expect(log).toEqual([
      { operation: 'Bare', status: 500, code: 'InternalError', reference: 'invocation-1', error: thrown },
    ]);
  });

  test('in the directory or in the rules are a 500 too', async () => {
    const fail = async () => {
      throw secret;
    };
    for (const access of [{ authenticate: fail }, { customer: fail }, { service: fail }]) {
      const { answer, log, handled } = await call({}, { access });
      expect([answer, handled, log[0]?.error]).toEqual([answer500, [], secret]);
    }
    const { answer, log } = await call(
      {},
      {
        now: () => {
          throw secret;
        },
      },
    );
    expect([answer, log[0]?.error]).toEqual([answer500, secret]);
  });

  test('are a 503 if something is not available, and are logged with their cause', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const thrown = new UnavailableError('The storage', cause);
    const fail = async () => {
      throw thrown;
    };
    const sentence = 'The storage is not available at the moment. Try again later.';
    const answer503 = {
      status: 503,
      headers: { 'Retry-After': '5' },
      jsonBody: { error: { code: 'Unavailable', message: sentence }, message: sentence },
    };
    const results = [
      await call({}, { access: { authenticate: fail } }),
      await call({}, { access: { customer: fail } }),
      await call({}, { access: { service: fail } }),
      await callOperation(bare(fail), {}, undefined),
    ];
    for (const { answer, log } of results) {
      expect(answer).toEqual(answer503);
      expect(log[0]).toMatchObject({ status: 503, code: 'Unavailable', error: { cause } });
    }
  });

  test('that a handler hides from its caller are logged', async () => {
    const { answer, log } = await callOperation(
      bare(async () => ({ body: 'left out', failure: secret })),
      {},
      undefined,
    );
    expect(answer).toEqual({ status: 204, headers: {} });
    expect(log).toEqual([{ operation: 'Bare', status: 204, reference: 'invocation-1', error: secret }]);
  });

  test('that a handler reports as an ApiError keep status and headers, and are not logged as errors', async () => {
    const { answer, log } = await callOperation(
      bare(async () => {
        throw apiError('Unavailable', { what: 'The archive' }, { 'Retry-After': '5' });
      }),
      {},
      undefined,
    );
    const sentence = 'The archive is not available at the moment. Try again later.';
    expect(answer).toEqual({
      status: 503,
      headers: { 'Retry-After': '5' },
      jsonBody: { error: { code: 'Unavailable', message: sentence }, message: sentence },
    });
    expect(log).toEqual([{ operation: 'Bare', status: 503, code: 'Unavailable', reference: 'invocation-1' }]);
  });
});

test('the log holds neither token nor content', async () => {
  const requests: Partial<TestRequest>[] = [
    {},
    { json: { Name: 'Aino-Kaisa-Maria' } },
    { bytes: Buffer.from('"Aino') },
  ];
  for (const details of requests) {
    const { log } = await call(details);
    expect(JSON.stringify(log)).not.toMatch(/secret|Aino/);
  }
});

test('defineOperation types the handler, and refuses definitions that contradict themselves', () => {
  const record = {
    operationId: 'Typed',
    method: 'POST',
    path: '/typed',
    summary: 'Typed',
    description: 'Typed.',
    scopes: ['Gateway.Send'],
    errors: [],
  } as const;
  const parameters = {
    'Customer-Id': inHeader(text(label)),
    Kind: inQuery(choice(['Small', 'Large'], label)),
    Urgent: inHeader(optional(flag(label))),
  };
  const body = { name: 'Body', description: 'B.', schema: object({ Name: text(label), Note: optional(text(label)) }) };
  const nothing = { status: 204, description: 'Nothing.' } as const;
  const something = { status: 200, description: 'Some.', schema: object({ Id: text(label) }) } as const;

  const full = defineOperation({
    ...record,
    parameters,
    body,
    answer: something,
    customer: 'Customer-Id',
    service: { parameter: 'Kind', type: 'OneWay' },
    prepare: ({ body: given, customer }) => {
      // @ts-expect-error The body is unknown until its schema is applied.
      void given.Name;
      return { problems: [], prepared: customer.region };
    },
    handler: async ({ parameters: values, body: given, prepared, customer, service }) => {
      const typed: [
        string,
        'Small' | 'Large',
        boolean | undefined,
        string,
        string | undefined,
        string,
        Customer,
        Service,
      ] = [values['Customer-Id'], values.Kind, values.Urgent, given.Name, given.Note, prepared, customer, service];
      // @ts-expect-error An optional field may be absent.
      void given.Note.length;
      // @ts-expect-error An optional parameter may be absent.
      void values.Urgent.valueOf();
      // @ts-expect-error There is no such parameter.
      void values.Colour;
      // @ts-expect-error There is no such field.
      void given.Colour;
      return { body: { Id: String(typed.length) } };
    },
  });

  const bodiless = defineOperation({
    ...record,
    parameters: {},
    answer: nothing,
    handler: async ({ body: given, customer, service, prepared }) => {
      const none: [undefined, undefined, undefined, undefined] = [given, customer, service, prepared];
      return { body: none[0] };
    },
  });

  defineOperation({
    ...record,
    parameters,
    answer: nothing,
    // @ts-expect-error The customer is named by a parameter of the operation.
    customer: 'Kunde',
    handler: async () => ({ body: undefined }),
  });
  defineOperation({
    ...record,
    parameters,
    answer: nothing,
    customer: 'Customer-Id',
    // @ts-expect-error The service is named by a parameter of the operation.
    service: { parameter: 'Palvelu', type: 'OneWay' },
    handler: async () => ({ body: undefined }),
  });
  // @ts-expect-error The answer must have the shape of its schema.
  defineOperation({ ...record, parameters, answer: something, handler: async () => ({ body: { Id: 5 } }) });
  // @ts-expect-error An answer without a schema has no body.
  defineOperation({ ...record, parameters, answer: nothing, handler: async () => ({ body: 'some' }) });
  defineOperation({
    ...record,
    parameters,
    answer: nothing,
    // @ts-expect-error An error code is one of the catalogue's.
    errors: ['Oops'],
    handler: async () => ({ body: undefined }),
  });
  defineOperation({
    ...record,
    parameters,
    answer: nothing,
    // @ts-expect-error A scope is one of the list's.
    scopes: ['All'],
    handler: async () => ({ body: undefined }),
  });

  const open = defineOperation({
    ...record,
    parameters,
    answer: nothing,
    anonymous: true,
    prepare: ({ caller }) => {
      // @ts-expect-error A call without a token has no caller.
      void caller.userId;
      return { problems: [], prepared: caller };
    },
    handler: async ({ caller, prepared, header }) => {
      const typed: [Caller | undefined, Caller | undefined, string | null] = [caller, prepared, header('x')];
      // @ts-expect-error A call without a token has no caller.
      void caller.userId;
      void typed;
      return { body: undefined };
    },
  });
  defineOperation({
    ...record,
    parameters,
    answer: nothing,
    customer: 'Customer-Id',
    // @ts-expect-error An operation that accepts calls without a token has no customer.
    anonymous: true,
    handler: async () => ({ body: undefined }),
  });

  expect([full, bodiless, open].map(({ operationId }) => operationId)).toEqual(['Typed', 'Typed', 'Typed']);
});

describe('the scope', () => {
  const withScopes = (...granted: string[]) => ({
    access: { authenticate: async () => ({ ...testCaller, scopes: granted }) },
  });

  test('is checked directly after the caller', async () => {
    const request: Partial<TestRequest> = { headers: { 'customer-id': '', urgent: 'maybe' }, json: undefined };
    const { answer, steps: taken, prepared, handled } = await call(request, withScopes('WhatsApp', 'gateway.send'));
    expect(answer).toEqual({
      status: 403,
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="Gateway.Send"' },
      jsonBody: {
        error: { code: 'MissingScope', message: expect.stringContaining('lacks the scope Gateway.Send, ') as string },
        message: expect.stringContaining('administrator') as string,
      },
    });
    expect([taken, prepared, handled]).toEqual([steps.slice(0, 1), [], []]);
  });

  test('may be one of many of the caller, and any one of the operation', async () => {
    expect((await call({}, withScopes('WhatsApp', 'Gateway.Send'))).answer.status).toBe(200);
    const either = { ...operationWithRules(notes()), scopes: ['Group.Management', 'Gateway.Send'] as const };
    const statusOf = async (...granted: string[]) =>
      (await callOperation(either, good, notes(), withScopes(...granted))).answer.status;
    expect(await Promise.all([statusOf('Group.Management'), statusOf('Gateway.Send'), statusOf('WhatsApp')])).toEqual([
      200, 200, 403,
    ]);
  });
});

test('credentials are the headers Authorization and X-API-Key, in any case', async () => {
  const shown: unknown[] = [];
  const authenticate: AccessPort['authenticate'] = async (credentials) => {
    shown.push(credentials);
    return testCaller;
  };
  const operation = { ...operationWithRules(notes()), parameters: {} };
  for (const headers of [
    {},
    { AUTHORIZATION: 'Bearer x' },
    { 'X-Api-Key': 'k' },
    { authorization: '', 'x-api-key': '' },
  ]) {
    await callOperation(operation, { headers }, notes(), { access: { authenticate } });
  }
  expect(shown).toEqual([
    { authorization: null, apiKey: null },
    { authorization: 'Bearer x', apiKey: null },
    { authorization: null, apiKey: 'k' },
    { authorization: '', apiKey: '' },
  ]);
});
