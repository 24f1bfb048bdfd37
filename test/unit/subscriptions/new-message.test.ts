import { describe, expect, test } from 'vitest';

import { apiError } from '../../../src/operation/errors.ts';
import { deleteTrigger, newMessage, pipelineIdOf } from '../../../src/subscriptions/index.ts';
import type { CallbackRule, Subscription } from '../../../src/subscriptions/index.ts';
import { subscriptionKeyOf } from '../../../src/subscriptions/subscription-ids.ts';
import { createMemorySubscriptionStore } from '../../support/fakes/subscription-store.ts';
import { callOperation, problemsOf, testNow } from '../../support/labs/kernel.ts';
import type { TestRequest } from '../../support/labs/kernel.ts';
import { flowUrl } from '../../support/labs/notification-lab.ts';

const publicUrl = 'https://api.example.com/api-integrations/v1';
const owner = { customerId: 'demo', serviceId: 'demo-twoway' };
const pipelineId = pipelineIdOf(owner);
const service = { id: 'demo-twoway', name: 'Demo', type: 'TwoWay', senders: [], allowsReplies: false } as const;

/** Returns a valid body with some options or fields replaced; undefined removes one. */
function body(options: Readonly<Record<string, unknown>> = {}, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    name: 'PowerAutomate',
    actionType: 'HttpRequest',
    description: 'Of a test.',
    options: { endpointUrl: flowUrl('a'), httpVerb: 'POST', ...options },
    ...fields,
  };
}

function openDeps(checkCallback: CallbackRule = () => undefined) {
  const subscriptions = createMemorySubscriptionStore();
  let made = 0;
  const newSecret = () => (made += 1).toString(16).padStart(32, '0');
  const deps = { flows: { subscriptions, checkUrl: checkCallback, publicUrl }, newSecret };
  const call = (json: unknown, { headers = {}, params = {} }: TestRequest = {}, access = {}) =>
    callOperation(
      newMessage,
      { headers: { customer: 'demo', ...headers }, params: { Service: 'demo-twoway', ...params }, json },
      deps,
      { access: { service: async (_, { id }) => ({ ...service, id }), ...access } },
    );
  const found = async (url: string, pipeline = pipelineId): Promise<Subscription | undefined> =>
    (await subscriptions.find(pipeline, subscriptionKeyOf(url)))?.subscription;
  return { deps, subscriptions, call, found };
}

const secretOf = (number: number): string => String(number).padStart(32, '0');

describe('subscribing', () => {
  test('stores the subscription and answers with its id and address', async () => {
    const { call, found } = openDeps();
    const { answer, log } = await call(body({ httpVerb: 'put' }));
    const key = subscriptionKeyOf(flowUrl('a'));
    const id = `${key}${secretOf(1)}`;
    expect(answer).toEqual({
      status: 201,
      headers: { Location: `${publicUrl}/pipelines/${pipelineId}/actions/${id}` },
      jsonBody: { id },
    });
    expect(await found(flowUrl('a'))).toEqual({
      ...owner,
      pipelineId,
      key,
      callbackUrl: flowUrl('a'),
      httpVerb: 'PUT',
      name: 'PowerAutomate',
      description: 'Of a test.',
      secret: secretOf(1),
      origin: {},
      subscribedAt: testNow,
      state: 'active',
    });
    expect(log).toEqual([expect.objectContaining({ operation: 'NewMessage', status: 201, customer: 'demo' })]);
  });

  test('answers with the address of the operation that deletes it', async () => {
    const { call } = openDeps();
    const { answer } = await call(body());
    const path = answer.headers['Location']!.slice(publicUrl.length);
    const form = deleteTrigger.path.replace('{Pipeline-Id}', pipelineId).replace('{Action-Id}', '[0-9a-f]{64}');
    expect(path).toMatch(new RegExp(`^${form}$`));
  });

  test('keeps the address byte for byte', async () => {
    const { call, found } = openDeps();
    const url = 'https://flows.example.com:443/a%2Fb/%c3%a4?sp=%2Ftriggers%2Fx&&sv=1.0&sig=A-b_%2F%3D&x';
    await call(body({ endpointUrl: url }));
    expect((await found(url))?.callbackUrl).toBe(url);
  });

  test.each(['POST', 'PUT', 'PATCH', 'patch', ' Post '])('accepts the method %j', async (httpVerb) => {
    const { call, found } = openDeps();
    expect((await call(body({ httpVerb }))).answer.status).toBe(201);
    expect((await found(flowUrl('a')))?.httpVerb).toBe(httpVerb.trim().toUpperCase());
  });

  test('keeps the headers that identify the flow, and no others', async () => {
    const { call, found } = openDeps();
    await call(body(), {
      headers: {
        'X-MS-Workflow-Id': ' f1 ',
        'x-ms-workflow-name': 'ä'.repeat(600),
        'x-ms-workflow-run-id': '  ',
        'x-ms-client-tracking-id': `${'x'.repeat(499)}😀`,
        'User-Agent': 'azure-logic-apps/1.0',
        Authorization: 'Bearer secret',
        'x-ms-other': 'y',
      },
    });
    expect((await found(flowUrl('a')))?.origin).toEqual({
      'x-ms-workflow-id': 'f1',
      'x-ms-workflow-name': 'ä'.repeat(500),
      'x-ms-client-tracking-id': `${'x'.repeat(499)}\ufffd`,
      'user-agent': 'azure-logic-apps/1.0',
    });
  });
});

describe('a flow that subscribes again', () => {
  test('has one subscription, with the new address, method and id', async () => {
    const { call, found, subscriptions } = openDeps();
    const first = await call(body());
    const renewed = flowUrl('a', 'new');
    const second = await call(body({ endpointUrl: renewed, httpVerb: 'PATCH' }, { name: 'Renamed' }));
    expect((first.answer.jsonBody as { id: string }).id).not.toBe((second.answer.jsonBody as { id: string }).id);
    expect(await subscriptions.listActive(pipelineId)).toEqual([await found(flowUrl('a'))]);
    expect(await found(flowUrl('a'))).toMatchObject({
      callbackUrl: renewed,
      httpVerb: 'PATCH',
      name: 'Renamed',
      secret: secretOf(2),
    });
  });

  test('is active again after its subscription ended', async () => {
    const { call, found, subscriptions } = openDeps();
    await call(body());
    const key = subscriptionKeyOf(flowUrl('a'));
    const refusals = { kind: 'notFound', count: 3, since: testNow } as const;
    await subscriptions.update((await subscriptions.find(pipelineId, key))!, { state: 'ended', reason: 'x', refusals });
    await call(body());
    const { state, reason, refusals: left } = (await found(flowUrl('a')))!;
    expect([state, reason, left]).toEqual(['active', undefined, undefined]);
  });

  test.each<[string, string]>([
    ['https://a.example.com/x?sig=1', 'https://a.example.com/x?sig=2'],
    ['https://a.example.com/x?sv=1&sig=1', 'https://a.example.com/x?sv=1&sig='],
    ['https://a.example.com/x?sig=1&sv=1', 'https://a.example.com/x?sv=1&sig=abc'],
    ['https://a.example.com/x?sig&sv=1', 'https://a.example.com/x?sv=1'],
  ])('is recognised by its address without the signature: %s and %s', async (one, other) => {
    const { call, subscriptions } = openDeps();
    await call(body({ endpointUrl: one }));
    await call(body({ endpointUrl: other }));
    expect((await subscriptions.listActive(pipelineId)).map(({ callbackUrl }) => callbackUrl)).toEqual([other]);
  });

  test.each<[string, string]>([
    ['https://a.example.com/x', 'https://a.example.com/X'],
    ['https://a.example.com/x?a=1', 'https://a.example.com/x?a=2'],
    ['https://a.example.com/x?sigma=1', 'https://a.example.com/x?sigma=2'],
    ['https://a.example.com/x?a=sig=1', 'https://a.example.com/x?a=sig=2'],
    ['https://a.example.com/sig=1', 'https://a.example.com/sig=2'],
    ['https://a.example.com/x?a=%2F', 'https://a.example.com/x?a=/'],
  ])('counts as another flow if the rest of its address differs: %s and %s', async (one, other) => {
    const { call, subscriptions } = openDeps();
    await call(body({ endpointUrl: one }));
    await call(body({ endpointUrl: other }));
    expect(await subscriptions.listActive(pipelineId)).toHaveLength(2);
  });

  test('has separate subscriptions for other services and customers', async () => {
    const { call, subscriptions } = openDeps();
    const asIs = {
      customer: async (_: unknown, { id }: { id: string }) => ({ id, name: id, region: 'FI', timeZone: 'UTC' }),
    };
    await call(body());
    await call(body(), { params: { Service: 'second' } });
    await call(body(), { headers: { customer: 'other' } }, asIs);
    await call(body(), { headers: { customer: 'demo-twoway' }, params: { Service: 'demo' } }, asIs);
    const pipelines = [
      owner,
      { customerId: 'demo', serviceId: 'second' },
      { customerId: 'other', serviceId: 'demo-twoway' },
      { customerId: 'demo-twoway', serviceId: 'demo' },
    ].map(pipelineIdOf);
    expect(new Set(pipelines).size).toBe(4);
    for (const [index, pipeline] of pipelines.entries()) {
      expect((await subscriptions.listActive(pipeline)).map(({ secret }) => secret)).toEqual([secretOf(index + 1)]);
    }
  });
});

describe('subscribing is refused for', () => {
  const rule: CallbackRule = (url) => (url.startsWith('https://') ? undefined : 'must be an https address');
  const endpoint = 'options.endpointUrl';
  const verb = 'options.httpVerb';

  test.each<[string, unknown, [string, string | undefined][]]>([
    ['no body', undefined, [['InvalidJson', undefined]]],
    ['a list', [], [['InvalidField', 'the body']]],
    ['no address', body({ endpointUrl: undefined }), [['MissingField', endpoint]]],
    ['an empty address', body({ endpointUrl: '' }), [['MissingField', endpoint]]],
    ['a null address', body({ endpointUrl: null }), [['MissingField', endpoint]]],
    ['an address that is not text', body({ endpointUrl: 7 }), [['InvalidField', endpoint]]],
    ['an address that is not a URL', body({ endpointUrl: 'flow' }), [['CallbackRefused', endpoint]]],
    [
      'an address that the rule refuses',
      body({ endpointUrl: 'http://a.example.com' }),
      [['CallbackRefused', endpoint]],
    ],
    ['GET', body({ httpVerb: 'GET' }), [['InvalidField', verb]]],
    ['DELETE', body({ httpVerb: 'DELETE' }), [['InvalidField', verb]]],
    ['an unknown method', body({ httpVerb: 'POSTS' }), [['InvalidField', verb]]],
    ['no method', body({ httpVerb: undefined }), [['MissingField', verb]]],
    ['a method that is not text', body({ httpVerb: ['POST'] }), [['InvalidField', verb]]],
    ['another type of action', body({}, { actionType: 'Email' }), [['InvalidField', 'actionType']]],
    ['the type in another case', body({}, { actionType: 'httprequest' }), [['InvalidField', 'actionType']]],
    ['no type of action', body({}, { actionType: undefined }), [['MissingField', 'actionType']]],
    ['no name', body({}, { name: undefined }), [['MissingField', 'name']]],
    ['a name of 256 characters', body({}, { name: 'x'.repeat(256) }), [['InvalidField', 'name']]],
    ['no description', body({}, { description: undefined }), [['MissingField', 'description']]],
    [
      'a description of 1,001 characters',
      body({}, { description: 'x'.repeat(1_001) }),
      [['InvalidField', 'description']],
    ],
    ['no options', body({}, { options: undefined }), [['MissingField', 'options']]],
    ['options that are not an object', body({}, { options: 'x' }), [['InvalidField', 'options']]],
    [
      'several problems at once',
      body({ endpointUrl: 'ftp://x', httpVerb: 'GET' }, { actionType: 'x', name: undefined }),
      [
        ['MissingField', 'name'],
        ['InvalidField', 'actionType'],
        ['CallbackRefused', endpoint],
        ['InvalidField', verb],
      ],
    ],
  ])('%s', async (_, json, problems) => {
    const { call, subscriptions } = openDeps(rule);
    const { answer } = await call(json);
    expect([answer.status, problemsOf(answer)]).toEqual([400, problems]);
    expect(await subscriptions.listActive(pipelineId)).toEqual([]);
  });

  test('an address, with the reason', async () => {
    const { call } = openDeps(rule);
    const { answer } = await call(body({ endpointUrl: 'http://a.example.com' }));
    expect((answer.jsonBody as { message: string }).message).toContain('options.endpointUrl must be an https address.');
  });

  test('a service of another type', async () => {
    const { call, subscriptions } = openDeps();
    const demands: unknown[] = [];
    const refused = async (_: unknown, __: unknown, demand: unknown) => {
      demands.push(demand);
      throw apiError('WrongServiceType', { target: 'Service', actual: 'OneWay', expected: 'TwoWay' });
    };
    const { answer } = await call(body(), {}, { service: refused });
    expect([answer.status, problemsOf(answer)]).toEqual([400, [['WrongServiceType', 'Service']]]);
    expect(demands).toEqual([expect.objectContaining({ type: 'TwoWay' })]);
    expect(await subscriptions.listActive(pipelineId)).toEqual([]);
  });

  test('a caller without a token', async () => {
    const { call, subscriptions } = openDeps();
    const nobody = async () => Promise.reject(apiError('Unauthenticated', { reason: 'there is none' }));
    expect((await call(body(), {}, { authenticate: nobody })).answer.status).toBe(401);
    expect(await subscriptions.listActive(pipelineId)).toEqual([]);
  });
});

test('subscribing accepts names and descriptions of the max length', async () => {
  const { call, found } = openDeps();
  const fields = { name: 'x'.repeat(255), description: 'y'.repeat(1_000) };
  expect((await call(body({}, fields))).answer.status).toBe(201);
  expect(await found(flowUrl('a'))).toMatchObject(fields);
});
