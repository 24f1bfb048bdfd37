import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { brokenConnectors } from '../support/samples/connector-rules/broken.ts';
import { checkIcon, checkText, operationsOf, rules, triggersOf } from '../support/samples/connector-rules/index.ts';
import type { LooseDefinition, LooseProperties } from '../support/samples/connector-rules/index.ts';
import { sampleConnector } from '../support/samples/connector-rules/sample.ts';
import { contractOperations } from '../support/samples/wire-contract.ts';

const folder = join(import.meta.dirname, '../../connector');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const definition = JSON.parse(read('apiDefinition.swagger.json')) as LooseDefinition;
const properties = JSON.parse(read('apiProperties.json')) as LooseProperties;
const icon = join(folder, 'icon.png');

/**
 * If a rule would break stored flows or change words that makers know, the contract wins, but only for the operations
 * that are named here.
 */
const exceptions: Record<string, { reason: string; operations: readonly string[] }> = {
  O02: {
    reason: 'makers know these summaries in title case, and the trigger by its two words',
    operations: [
      'SendMessage',
      'SendReplyMessage',
      'SendDiscussionReplyMessage',
      'SendWhatsappTemplateMessage',
      'NewMessage',
      'GetGroupContact',
      'UpdateGroupContact',
      'DeleteGroupContact',
      'DeleteAllGroupContacts',
      'WhatsAppOptIn',
      'WhatsAppOptOut',
    ],
  },
  O04: {
    reason: 'flows have stored the default by which a registration is named',
    operations: ['NewMessage'],
  },
  O08: {
    reason: 'the list of categories stands beside the templates of a customer; the host lets the literal win',
    operations: ['GetWhatsappTemplateCategories', 'GetCustomerWhatsAppTemplates'],
  },
  P01: { reason: 'makers know "Sender address"', operations: ['WhatsAppOptIn', 'WhatsAppOptOut'] },
  P03: {
    reason: 'flows store the name of the body parameter',
    operations: [
      'SendMessage',
      'SendReplyMessage',
      'SendDiscussionReplyMessage',
      'SendWhatsappTemplateMessage',
      'NewMessage',
      'CreateWhatsappTemplate',
      'CreateGroupContact',
      'UpdateGroupContact',
    ],
  },
  P08: {
    reason: 'flows store the name "Group Service"',
    operations: [
      'CreateGroupContact',
      'GetGroupContact',
      'UpdateGroupContact',
      'DeleteGroupContact',
      'DeleteAllGroupContacts',
    ],
  },
};

const idOf = (violation: string): string => violation.slice(0, violation.indexOf(':'));

describe('the connector keeps the rule', () => {
  for (const { id, sentence, check } of rules) {
    test(`${id}: ${sentence}`, () => {
      const excepted = exceptions[id]?.operations ?? [];
      expect(check(definition, properties).filter((violation) => !excepted.includes(idOf(violation)))).toEqual([]);
    });
  }

  // Without a trigger, the rules about triggers would check nothing.
  test('and has a trigger', () => {
    expect(triggersOf(definition).map(({ id }) => id)).toEqual(['NewMessage']);
  });

  test('I07: the icon is a square, opaque PNG of 100 to 230 pixels', ({ skip }) => {
    skip(!existsSync(icon), 'the repository has no connector/icon.png');
    expect(checkIcon(readFileSync(icon))).toEqual([]);
  });

  test.each(['apiDefinition.swagger.json', 'apiProperties.json', 'apiProperties.update.json'])(
    'I11: %s is indented by four spaces, and no line ends with a space',
    (name) => {
      expect(checkText(read(name))).toEqual([]);
    },
  );
});

describe('exceptions from rules', () => {
  test.each(Object.entries(exceptions))(
    '%s: only operations of the contract, and only those that need it',
    (id, { operations }) => {
      const inContract = new Set(contractOperations.map(({ operationId }) => operationId));
      expect(operations.filter((operation) => !inContract.has(operation))).toEqual([]);

      const rule = rules.find((candidate) => candidate.id === id);
      const violations = rule?.check(definition, properties).map(idOf) ?? [];
      const written = new Set(operationsOf(definition).map((standing) => standing.id));
      const present = operations.filter((operation) => written.has(operation));
      expect(present.filter((operation) => !violations.includes(operation))).toEqual([]);
    },
  );
});

describe('a broken rule is reported', () => {
  test('the sample keeps every rule', () => {
    const sample = sampleConnector();
    expect(
      rules.flatMap(({ id, check }) => check(sample.definition, sample.properties).map((line) => `${id} ${line}`)),
    ).toEqual([]);
  });

  test('every rule has a sample that breaks it', () => {
    expect([...new Set(brokenConnectors.map(([id]) => id))]).toEqual(rules.map(({ id }) => id));
  });

  test.each(brokenConnectors)('%s: %s', (id, _, spoil) => {
    const sample = sampleConnector();
    spoil(sample.definition, sample.properties);
    const rule = rules.find((candidate) => candidate.id === id);
    expect(rule?.check(sample.definition, sample.properties)).not.toEqual([]);
  });

  const png = (width: number, height: number, colourType: number): Buffer => {
    const header = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
    const size = Buffer.alloc(10);
    size.writeUInt32BE(width, 0);
    size.writeUInt32BE(height, 4);
    size.writeUInt8(8, 8);
    size.writeUInt8(colourType, 9);
    return Buffer.concat([header, size]);
  };

  test('I07: a good icon passes', () => {
    expect(checkIcon(png(200, 200, 2))).toEqual([]);
  });

  test.each([
    ['not a PNG', Buffer.from('GIF89a'), 'the icon is not a PNG'],
    ['not a square', png(200, 180, 2), 'the icon is 200 by 180 pixels'],
    ['too small', png(64, 64, 2), 'the icon is 64 pixels wide'],
    ['too large a picture', png(512, 512, 2), 'the icon is 512 pixels wide'],
    ['too large a file', Buffer.concat([png(200, 200, 2), Buffer.alloc(1_000_000)]), 'the icon has 1000026 bytes'],
    ['a transparent picture', png(200, 200, 6), 'the icon has an alpha channel'],
  ])('I07: %s', (_, bytes, violation) => {
    expect(checkIcon(bytes)).toEqual([violation]);
  });

  test.each([
    ['a space at the end', '{ \n}', 'line 1 ends in a blank'],
    ['two spaces of indentation', '{\n  "a": 1\n}', 'line 2 is not indented by fours'],
    ['a tab', '{\n\t"a": 1\n}', 'line 2 has a tab'],
  ])('I11: %s', (_, text, violation) => {
    expect(checkText(text)).toEqual([violation]);
  });
});
