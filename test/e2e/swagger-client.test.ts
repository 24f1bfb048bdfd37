import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import SwaggerClient from 'swagger-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { spawnLocalHost } from '../support/local-host.ts';
import type { LocalHost } from '../support/local-host.ts';
import { tokenOf } from '../support/api.ts';

/*
 * A client that knows nothing but the connector's definition calls every operation, and every answer is what the
 * definition says it is.
 */

interface Definition {
  host: string;
  schemes: string[];
  paths: Record<string, Record<string, { operationId?: string; responses: Record<string, { schema?: object }> }>>;
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

function responsesOf(operationId: string): Record<string, { schema?: object }> {
  for (const path of Object.values(definition.paths)) {
    for (const operation of Object.values(path)) if (operation.operationId === operationId) return operation.responses;
  }
  throw new Error(`the definition has no ${operationId}`);
}

/** Calls an operation by its id and parameter names; checks status and body against the definition. */
async function call<Body>(operationId: string, parameters: Record<string, unknown> = {}): Promise<Body> {
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
    Object.entries(responsesOf(operationId)).find(([code]) => code.startsWith('2')) ?? [];
  expect([operationId, String(answer.status)]).toEqual([operationId, status]);
  // An answer without content type comes as a Blob.
  const text = typeof answer.text === 'string' ? answer.text : ((await answer.text?.text()) ?? '');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  // Where the definition knows no schema, there must be no body.
  const validate = response.schema === undefined ? undefined : ajv.compile(response.schema);
  expect([operationId, validate === undefined ? body === undefined : validate(body), validate?.errors ?? null]).toEqual(
    [operationId, true, null],
  );
  return body as Body;
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
  await call('WhatsAppOptOut', { Sender: number, Recipient: '+358401230001' });
  await call('WhatsAppOptIn', { Sender: number, Recipient: '+358401230001' });

  const all = Object.values(definition.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect([...called].sort()).toEqual(all.filter((id) => id !== undefined).sort());
});
