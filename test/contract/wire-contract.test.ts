import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { operationsOf } from '../support/connector-rules/index.ts';
import type { LooseDefinition } from '../support/connector-rules/index.ts';
import { contractOperations } from '../support/wire-contract.ts';
import { projectOperation } from '../support/wire-projection.ts';

const folder = join(import.meta.dirname, '../..');
const definition = JSON.parse(
  readFileSync(join(folder, 'connector/apiDefinition.swagger.json'), 'utf8'),
) as LooseDefinition;

/** Operations of the contract that are still to come. An operation that is there must not stand here. */
const missing = ['SendReplyMessage', 'SendDiscussionReplyMessage', 'NewMessage', 'DeleteTrigger'];

const written = new Map(operationsOf(definition).map((standing) => [standing.id, standing]));

describe('O14: what stored flows hold on to stays', () => {
  test('the contract has twenty operations, and every one is either there or listed as missing', () => {
    const ids = contractOperations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(20);
    expect(ids.filter((id) => !written.has(id))).toEqual(missing);
  });

  test.each(contractOperations.filter(({ operationId }) => !missing.includes(operationId)))(
    '$operationId',
    (contract) => {
      const standing = written.get(contract.operationId);
      expect(standing && projectOperation(standing, contract)).toEqual(contract);
    },
  );

  test('every path begins with the base path, and so does every route of the host', () => {
    const host = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as {
      extensions: { http: { routePrefix: string } };
    };
    expect(definition.basePath).toBe('/api-integrations/v1');
    expect(`/${host.extensions.http.routePrefix}`).toBe(definition.basePath);
  });

  test('the seven scopes stay', () => {
    const { 'oauth2-auth': scheme } = definition.securityDefinitions ?? {};
    expect(Object.keys((scheme as { scopes?: object } | undefined)?.scopes ?? {}).toSorted()).toEqual([
      'Customer.Services',
      'Discussion.Reply',
      'Gateway.Send',
      'Group.Management',
      'TwoWay.Management',
      'User.Customers',
      'WhatsApp',
    ]);
  });
});

describe('a change that would break stored flows is seen', () => {
  const sendMessage = contractOperations[0];
  const spoilt = (change: (text: string) => string): unknown => {
    const copy = JSON.parse(change(JSON.stringify(definition))) as LooseDefinition;
    const standing = operationsOf(copy).find(({ id }) => id === 'SendMessage');
    return standing && sendMessage && projectOperation(standing, sendMessage);
  };

  test.each([
    ['another path', (text: string) => text.replace('"/messages":', '"/message":')],
    ['another method', (text: string) => text.replace('"post":', '"put":')],
    ['another parameter name', (text: string) => text.replaceAll('"name":"Customer-Id"', '"name":"CustomerId"')],
    ['another body name', (text: string) => text.replaceAll('"Request Body"', '"body"')],
    ['another field name', (text: string) => text.replaceAll('"DlrUrl"', '"DlrUri"')],
    ['another label', (text: string) => text.replaceAll('"Message Sender"', '"Sender"')],
    ['another default', (text: string) => text.replaceAll('"default":"SMS"', '"default":"WhatsApp"')],
    ['another limit', (text: string) => text.replaceAll('"maxLength":255', '"maxLength":100')],
    ['another dropdown', (text: string) => text.replaceAll('"ServiceType":"OneWay"', '"ServiceType":"TwoWay"')],
    ['a new required field', (text: string) => text.replaceAll('"Recipients"]', '"Recipients","AttachmentUri"]')],
    ['another answer', (text: string) => text.replaceAll('"MessagePartCount"', '"PartCount"')],
    [
      'another visibility',
      (text: string) => text.replaceAll('"x-ms-visibility":"important"', '"x-ms-visibility":"advanced"'),
    ],
  ])('%s', (_, change) => {
    expect(spoilt((text) => text)).toEqual(sendMessage);
    expect(spoilt(change)).not.toEqual(sendMessage);
  });
});
