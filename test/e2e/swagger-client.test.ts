import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import SwaggerClient from 'swagger-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { eventually } from '../support/tools/eventually.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import { tokenOf } from '../support/hosts/api.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';

/*
 * A client that knows only the connector's definition calls every operation. Every answer must match the definition.
 */

interface Definition {
  host: string;
  basePath: string;
  schemes: string[];
  paths: Record<string, PathItem>;
}

/** The operations of a path by their methods, and the notification of its trigger. */
interface PathItem {
  'x-ms-notification-content'?: { schema: object };
  [method: string]: { operationId?: string; responses?: Record<string, { schema?: object }>; schema?: object };
}

const file = join(import.meta.dirname, '..', '..', 'connector', 'apiDefinition.swagger.json');
const definition = JSON.parse(readFileSync(file, 'utf8')) as Definition;
const ajv = new Ajv({ strict: false, validateFormats: false });
const called = new Set<string>();

let host: LocalHost;
let token: string;
beforeAll(async () => {
  host = await spawnLocalHost();
  token = await tokenOf(host);
});
afterAll(() => host.stop());

/** Finds an operation in the definition. */
function standingOf(operationId: string) {
  for (const [path, item] of Object.entries(definition.paths)) {
    const operation = Object.values(item).find((each) => each.operationId === operationId);
    if (operation !== undefined) return { path, item, responses: operation.responses ?? {} };
  }
  throw new Error(`the definition has no ${operationId}`);
}

/** Calls an operation by its id and parameter names; checks status and body against the definition. */
async function call<Body>(operationId: string, parameters: Record<string, unknown> = {}): Promise<Body> {
  return (await callForAnswer(operationId, parameters)).body as Body;
}

/** Calls an operation in the same way; resolves to the whole answer with its headers. */
async function callForAnswer(
  operationId: string,
  parameters: Record<string, unknown>,
): Promise<{ body: unknown; headers: Record<string, string> }> {
  const answer = await SwaggerClient.execute({
    spec: { ...definition, host: new URL(host.rootUrl).host, schemes: ['http'] },
    operationId,
    parameters,
    requestInterceptor: (request) => {
      request.headers['Authorization'] = `Bearer ${token}`;
      return request;
    },
  });
  called.add(operationId);
  const [status = '', response = {}] =
    Object.entries(standingOf(operationId).responses).find(([code]) => code.startsWith('2')) ?? [];
  expect([operationId, String(answer.status)]).toEqual([operationId, status]);
  // The client returns an answer without a content type as a Blob.
  const text = typeof answer.text === 'string' ? answer.text : ((await answer.text?.text()) ?? '');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  // If the definition has no schema, the answer must have no body.
  const validate = response.schema === undefined ? undefined : ajv.compile(response.schema);
  expect([operationId, validate === undefined ? body === undefined : validate(body), validate?.errors ?? null]).toEqual(
    [operationId, true, null],
  );
  return { body, headers: answer.headers };
}

interface Notification {
  sender: string;
  recipient: string;
  content: string;
  protocol: string;
  attachments: unknown[];
  messageId: string;
  threadId: string;
}

/**
 * Registers a flow, lets a phone write to it, answers the phone with the ids of the notification, and removes the flow.
 */
async function converse(customer: string): Promise<void> {
  const services = await call<{ id: string }[]>('GetCustomerServices', {
    'Customer-Id': customer,
    ServiceType: 'TwoWay',
  });
  const flow = await startWebhookReceiver(() => 202);
  try {
    const callback = `${flow.url}/workflows/w1/triggers/NewMessage?sig=a%2Bb`;
    const place = { Customer: customer, Service: services[0]?.id };
    const registration = {
      ...place,
      'Create webhook request body': {
        name: 'PowerAutomate (Auto Created Webhook)',
        actionType: 'HttpRequest',
        description: 'Registers the flow.',
        options: { endpointUrl: callback, httpVerb: 'POST' },
      },
    };
    const { headers } = await callForAnswer('NewMessage', registration);

    const written = { sender: '358401230001', recipient: '16400', content: 'Hello there', protocol: 'SMS' };
    const played = await fetch(`${host.rootUrl}/simulator/inbound`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(written),
    });
    expect([played.ok, await played.text()]).toEqual([true, expect.any(String)]);
    const called = await eventually(
      () => {
        const [first] = flow.calls;
        if (first === undefined) throw new Error('the flow was not called yet');
        return first;
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );
    expect([called.method, `${flow.url}${called.path}`]).toEqual(['POST', callback]);
    const notification = JSON.parse(called.body.toString()) as Notification;
    const content = standingOf('NewMessage').item['x-ms-notification-content'];
    const validate = ajv.compile(content?.schema ?? false);
    expect([validate(notification), validate.errors]).toEqual([true, null]);
    expect(notification).toMatchObject({ ...written, attachments: [] });

    const [replying] = await call<{ id: string }[]>('GetCustomerServices', {
      'Customer-Id': customer,
      ServiceType: 'OneWay',
      AllowReplyMessage: true,
    });
    await call('SendReplyMessage', {
      ParentMessageId: notification.messageId,
      'Customer-Id': customer,
      'Service-Id': replying?.id,
      'Request Body': {
        Sender: notification.recipient,
        Content: 'Hello to you',
        Protocol: 'SMS',
        Recipients: [{ Address: notification.sender }],
      },
    });
    const answered = await call<{ ThreadId: string }>('SendDiscussionReplyMessage', {
      CustomerId: customer,
      'Request Body': { ThreadId: notification.threadId, Content: 'Anything else?' },
    });
    expect(answered.ThreadId).toBe(notification.threadId);

    await call('DeleteTrigger', parametersIn(headers['location'] ?? '', 'DeleteTrigger'));
    await call('NewMessage', registration);
    await call('UnsubscribeCallback', { ...place, body: { callbackUrl: callback } });
  } finally {
    await flow.stop();
  }
}

/** Matches an address with the path of an operation; returns the values of the parameters in the path. */
function parametersIn(address: string, operationId: string): Record<string, string> {
  const given = URL.parse(address)?.pathname.split('/') ?? [];
  const parameters: Record<string, string> = {};
  const expected = `${definition.basePath}${standingOf(operationId).path}`.split('/').map((step, index) => {
    if (!step.startsWith('{')) return step;
    const value = given[index] ?? '';
    parameters[step.slice(1, -1)] = decodeURIComponent(value);
    return value;
  });
  expect(address).toBe(`${host.rootUrl}${expected.join('/')}`);
  return parameters;
}

test('every operation answers as the definition says', async () => {
  const { customerUsers } = await call<{ customerUsers: { customerId: string }[] }>('GetUserCustomers');
  const customer = customerUsers[0]?.customerId ?? '';
  const services = await call<{ id: string }[]>('GetCustomerServices', {
    'Customer-Id': customer,
    ServiceType: 'OneWay',
  });
  const [group] = await call<{ id: string }[]>('GetCustomerServices', {
    'Customer-Id': customer,
    ServiceType: 'Group',
  });
  const regions = await call<{ value: string }[]>('GetPhoneNumberRegions');
  expect(regions[0]).toEqual({ value: 'FI', name: 'Finland' });

  const sender = { 'Customer-Id': customer, 'Service-Id': services[0]?.id };
  const sent = await call<{ MessageId: string }>('SendMessage', {
    ...sender,
    'Request Body': {
      Sender: 'SmartDialog',
      Content: 'Hello',
      Protocol: 'SMS',
      Recipients: [{ Address: '358401230001' }],
    },
  });
  await call('GetMessageStatus', { MessageId: sent.MessageId, 'Customer-Id': customer });

  const place = { Customer: customer, 'Group Service': group?.id };
  const contact = { firstName: 'Aino', customContactProperties: [{ name: 'shoe size', value: '38' }] };
  expect(
    await call<string>('CreateGroupContact', { ...place, 'Request Body': { phone: '+358 40 123 0001', ...contact } }),
  ).toMatch(/^[0-9a-f-]{36}$/);
  expect(await call('GetGroupContact', { ...place, Phone: '+358 40 123 0001', Region: 'FI' })).toMatchObject(contact);
  expect(
    await call('UpdateGroupContact', { ...place, Phone: '0401230001', 'Request Body': { lastName: 'Korhonen' } }),
  ).toBe(true);
  expect(await call('DeleteGroupContact', { ...place, Phone: '358401230001' })).toBe(true);
  expect(await call('DeleteAllGroupContacts', place)).toBe(true);

  const [identity] = await call<{ inputSource: { address: string } }[]>('GetCustomerWhatsappIdentities', {
    'Customer-Id': customer,
  });
  const number = identity?.inputSource.address;
  const [category] = await call<string[]>('GetWhatsappTemplateCategories');
  await call('CreateWhatsappTemplate', {
    'Customer-Id': customer,
    IdentityNumber: number,
    'Request Body': { DisplayName: 'Greeting', RawContent: 'Hei {{1}}', Category: category, Language: 'fi' },
  });
  const template = await eventually(
    async () => {
      const [approved] = await call<{ id: string }[]>('GetCustomerWhatsAppTemplates', { 'Customer-Id': customer });
      if (approved === undefined) throw new Error('not approved yet');
      return approved;
    },
    { timeoutMs: 20_000, everyMs: 200 },
  );
  await call('SendWhatsappTemplateMessage', {
    ...sender,
    'Request Body': { TemplateName: template.id, BodyParameters: ['Aino'], Recipients: [{ Address: '358401230001' }] },
  });
  await converse(customer);
  await call('WhatsAppOptOut', { Sender: number, Recipient: '+358401230001' });
  await call('WhatsAppOptIn', { Sender: number, Recipient: '+358401230001' });

  const all = Object.values(definition.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect([...called].sort()).toEqual(all.filter((id) => id !== undefined).sort());
});
