import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { operationsOf } from '../support/samples/connector-rules/index.ts';
import type { LooseDefinition } from '../support/samples/connector-rules/index.ts';
import { contractOperations } from '../support/samples/wire-contract.ts';
import { projectOperation } from '../support/samples/wire-projection.ts';

const folder = join(import.meta.dirname, '../..');
const definition = JSON.parse(
  readFileSync(join(folder, 'connector/apiDefinition.swagger.json'), 'utf8'),
) as LooseDefinition;

const written = new Map(operationsOf(definition).map((standing) => [standing.id, standing]));

describe('O14: what stored flows depend on stays', () => {
  test('the contract has twenty operations, and all of them exist', () => {
    const ids = contractOperations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(20);
    expect(ids.filter((id) => !written.has(id))).toEqual([]);
  });

  test.each(contractOperations)('$operationId', (contract) => {
    const standing = written.get(contract.operationId);
    expect(standing && projectOperation(standing, contract)).toEqual(contract);
  });

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

describe('a change that would break stored flows is reported', () => {
  const contractOf = (id: string) => contractOperations.find(({ operationId }) => operationId === id);
  const unchanged = (text: string): string => text;
  /** Returns an operation of the changed definition in the form of the contract. */
  const spoilt = (id: string, change: (text: string) => string): unknown => {
    const contract = contractOf(id);
    const copy = JSON.parse(change(JSON.stringify(definition))) as LooseDefinition;
    const standing = operationsOf(copy).find((operation) => operation.id === id);
    return standing && contract && projectOperation(standing, contract);
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
    expect(spoilt('SendMessage', unchanged)).toEqual(contractOf('SendMessage'));
    expect(spoilt('SendMessage', change)).not.toEqual(contractOf('SendMessage'));
  });

  test.each([
    ['another way to trigger', (text: string) => text.replace('"x-ms-trigger":"single"', '"x-ms-trigger":"batch"')],
    ['no trigger', (text: string) => text.replace('"x-ms-trigger":"single",', '')],
    [
      'a callback that nobody fills in',
      (text: string) => text.replace('"x-ms-notification-url":true', '"x-ms-notification-url":false'),
    ],
    ['no notification schema', (text: string) => text.replace('"x-ms-notification-content"', '"x-ms-content"')],
    ['another name of a notification field', (text: string) => text.replaceAll('"resourceLocation"', '"location"')],
    [
      'another type of a notification field',
      (text: string) => text.replaceAll('"format":"date-time"', '"format":"date"'),
    ],
    ['another label of a notification field', (text: string) => text.replaceAll('"Message Timestamp"', '"Timestamp"')],
    ['another default', (text: string) => text.replaceAll('"default":"HttpRequest"', '"default":"Http"')],
    ['another body name', (text: string) => text.replaceAll('"Create webhook request body"', '"body"')],
    ['another status', (text: string) => text.replaceAll('"201":', '"200":')],
  ])('of a trigger: %s', (_, change) => {
    expect(spoilt('NewMessage', unchanged)).toEqual(contractOf('NewMessage'));
    expect(spoilt('NewMessage', change)).not.toEqual(contractOf('NewMessage'));
  });
});
