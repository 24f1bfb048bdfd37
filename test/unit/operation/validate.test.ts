import { describe, expect, test } from 'vitest';

import { defineOperation, inHeader, inPath, inQuery } from '../../../src/operation/define-operation.ts';
import { problem, problemLimit } from '../../../src/operation/errors.ts';
import {
  asJsonSchema,
  choice,
  flag,
  freeObject,
  integer,
  list,
  object,
  optional,
  text,
  timestamp,
} from '../../../src/operation/schema.ts';
import { checkBody, checkParameters, dropAbsentFields, fieldName } from '../../../src/operation/validate.ts';

const label = { title: 'Label', description: 'A label.' };

/** A schema with a field for everything that a schema can express. */
const record = object({
  Name: text({ ...label, maxLength: 5 }),
  Kind: choice(['Small', 'Large'], label),
  Count: optional(integer({ ...label, minimum: 1, maximum: 10 })),
  Size: optional(integer(label)),
  Urgent: optional(flag(label)),
  When: optional(timestamp(label)),
  Key: optional(text({ ...label, format: 'uuid' })),
  Tags: optional(list(text({ ...label, maxLength: 3 }), { ...label, minItems: 1, maxItems: 3 })),
  Pairs: optional(list(text(label), { ...label, minItems: 2, maxItems: 4 })),
  Inner: optional(object({ Deep: text(label), 'a/b~c': optional(text({ ...label, maxLength: 1 })) }, label)),
  Items: optional(list(object({ Id: text(label), Note: optional(text(label)) }), { ...label, maxItems: 3 })),
  Many: optional(list(object({ Lists: list(text(label)) }), label)),
  Free: optional(freeObject(label)),
  Callback: optional(text({ ...label, notificationUrl: true })),
});

const operation = defineOperation({
  operationId: 'KeepRecord',
  method: 'POST',
  path: '/records/{Record Id}',
  summary: 'Keep record',
  description: 'Keep a record.',
  scopes: ['Gateway.Send'],
  parameters: {
    'Record Id': inPath(text(label)),
    Kind: inHeader(choice(['Small', 'Large'], { ...label, default: 'Large' })),
    Urgent: inHeader(optional(flag(label))),
    Count: inQuery(optional(integer({ ...label, minimum: 1, maximum: 10 }))),
    When: inQuery(optional(timestamp(label))),
    Key: inQuery(optional(text({ ...label, format: 'uuid' }))),
  },
  body: { name: 'Body', description: 'The record.', schema: record },
  answer: { status: 204, description: 'It is kept.' },
  errors: [],
  handler: async () => ({ body: undefined }),
});

const good = { Name: 'Aino', Kind: 'Small' };

/** Returns the problems of a body, after dropping absent fields as the kernel does. */
function problemsIn(body: unknown) {
  const copy = structuredClone(body);
  dropAbsentFields(asJsonSchema(record), copy);
  return checkBody(operation, copy);
}

describe('bodies', () => {
  test('that match their schema have no problems', () => {
    const bodies = [
      good,
      {
        Name: 'Äiti😀',
        Kind: 'Large',
        Count: 10,
        Size: -2_147_483_648,
        Urgent: false,
        When: '2026-12-01',
        Key: 'F0000000-0000-4000-8000-00000000000f',
        Tags: ['a'],
        Pairs: ['a', 'b', 'c', 'd'],
        Inner: { Deep: 'x', 'a/b~c': 'y' },
        Items: [{ Id: '1', Note: 'x' }, { Id: '2' }],
        Free: { any: { thing: [1, null, 'x', { at: 'all' }] } },
        Callback: 'https://hooks.example.com/%2Ftriggers?sig=a%2Bb',
      },
    ];
    for (const body of bodies) expect(problemsIn(body)).toEqual([]);
  });

  test('that break a rule get a problem with the rule and the place', () => {
    const rows: [body: unknown, code: 'InvalidField' | 'MissingField', target: string, rule?: string][] = [
      [{ ...good, Name: 5 }, 'InvalidField', 'Name', 'must be text'],
      [{ ...good, Name: ['Aino'] }, 'InvalidField', 'Name', 'must be text'],
      [{ ...good, Name: 'Aino-Kaisa' }, 'InvalidField', 'Name', 'must be at most 5 characters long'],
      [{ ...good, Kind: 'Medium' }, 'InvalidField', 'Kind', 'must be one of Small, Large'],
      [{ ...good, Kind: 'small' }, 'InvalidField', 'Kind', 'must be one of Small, Large'],
      [{ ...good, Kind: 1 }, 'InvalidField', 'Kind', 'must be text'],
      [{ ...good, Count: '5' }, 'InvalidField', 'Count', 'must be a whole number'],
      [{ ...good, Count: 1.5 }, 'InvalidField', 'Count', 'must be a whole number'],
      [{ ...good, Count: 0 }, 'InvalidField', 'Count', 'must be at least 1'],
      [{ ...good, Count: 11 }, 'InvalidField', 'Count', 'must be at most 10'],
      [
        { ...good, Size: 2_147_483_648 },
        'InvalidField',
        'Size',
        'must be a whole number from -2147483648 to 2147483647',
      ],
      [
        { ...good, Size: -2_147_483_649 },
        'InvalidField',
        'Size',
        'must be a whole number from -2147483648 to 2147483647',
      ],
      [{ ...good, Urgent: 'true' }, 'InvalidField', 'Urgent', 'must be true or false'],
      [{ ...good, Urgent: 1 }, 'InvalidField', 'Urgent', 'must be true or false'],
      [{ ...good, When: 1_700_000_000 }, 'InvalidField', 'When', 'must be text'],
      [{ ...good, Key: 'f0000000' }, 'InvalidField', 'Key', 'must be a UUID'],
      [{ ...good, Tags: 'a' }, 'InvalidField', 'Tags', 'must be a list'],
      [{ ...good, Tags: { 0: 'a' } }, 'InvalidField', 'Tags', 'must be a list'],
      [{ ...good, Tags: [] }, 'InvalidField', 'Tags', 'must have at least 1 entry'],
      [{ ...good, Pairs: ['a'] }, 'InvalidField', 'Pairs', 'must have at least 2 entries'],
      [{ ...good, Tags: ['a', 'b', 'c', 'd'] }, 'InvalidField', 'Tags', 'must have at most 3 entries'],
      [{ ...good, Tags: ['a', 'long'] }, 'InvalidField', 'Tags[1]', 'must be at most 3 characters long'],
      [{ ...good, Tags: ['a', null] }, 'InvalidField', 'Tags[1]', 'must be text'],
      [{ ...good, Inner: 'x' }, 'InvalidField', 'Inner', 'must be an object'],
      [{ ...good, Inner: [] }, 'InvalidField', 'Inner', 'must be an object'],
      [{ ...good, Inner: {} }, 'MissingField', 'Inner.Deep'],
      [
        { ...good, Inner: { Deep: 'x', 'a/b~c': 'yy' } },
        'InvalidField',
        'Inner.a/b~c',
        'must be at most 1 character long',
      ],
      [{ ...good, Items: ['x'] }, 'InvalidField', 'Items[0]', 'must be an object'],
      [{ ...good, Items: [{ Id: '1' }, {}] }, 'MissingField', 'Items[1].Id'],
      [{ ...good, Items: [{ Id: '1' }, null] }, 'InvalidField', 'Items[1]', 'must be an object'],
      [{ ...good, Free: 'x' }, 'InvalidField', 'Free', 'must be an object'],
      [{ ...good, Free: ['x'] }, 'InvalidField', 'Free', 'must be an object'],
      [{ Kind: 'Small' }, 'MissingField', 'Name'],
      [null, 'InvalidField', 'the body', 'must be an object'],
      [[good], 'InvalidField', 'the body', 'must be an object'],
      ['text', 'InvalidField', 'the body', 'must be an object'],
      [5, 'InvalidField', 'the body', 'must be an object'],
      [true, 'InvalidField', 'the body', 'must be an object'],
    ];
    for (const [body, code, target, rule] of rows)
      expect([body, problemsIn(body)]).toEqual([body, [problem(code, { target, rule })]]);
  });

  test('with a malformed date get the code that says how to write one', () => {
    for (const When of ['soon', '2026-02-30', ' ']) {
      expect(problemsIn({ ...good, When })).toEqual([problem('InvalidDateTime', { target: 'When' })]);
    }
  });

  test('get all their problems at once, one entry for each problem', () => {
    const body = { Kind: 5, Count: 'many', When: 'soon', Items: [{ Note: '\0' }, 7, { Id: 'x' }], Other: '\ud800' };
    expect(problemsIn(body).map(({ code, target }) => [code, target])).toEqual([
      ['MissingField', 'Name'],
      ['InvalidField', 'Kind'],
      ['InvalidField', 'Count'],
      ['InvalidDateTime', 'When'],
      ['MissingField', 'Items[0].Id'],
      ['InvalidField', 'Items[1]'],
      ['InvalidCharacters', 'Items[0].Note'],
      ['InvalidCharacters', 'Other'],
    ]);
  });

  test('may have unknown fields of any name', () => {
    const extra = JSON.parse(
      '{"other": 1, "__proto__": {"Name": 5, "Count": "x"}, "constructor": null, "toString": [], "": {}}',
    ) as object;
    const body = { ...good, Inner: { Deep: 'x', ...extra } };
    Object.defineProperty(body, '__proto__', { value: { Urgent: 'x' }, enumerable: true, configurable: true });
    expect(problemsIn(body)).toEqual([]);
    expect(checkBody(operation, JSON.parse('{"__proto__": {"Name": "Aino", "Kind": "Small"}}'))).toEqual([
      problem('MissingField', { target: 'Name' }),
      problem('MissingField', { target: 'Kind' }),
    ]);
    expect(Object.hasOwn(Object.prototype, 'Urgent')).toBe(false);
  });

  test('are not checked if the operation has no body', () => {
    const { body: _, ...bodiless } = operation;
    expect(checkBody(bodiless, undefined)).toEqual([]);
  });
});

describe('null and empty text', () => {
  const absent: readonly unknown[] = [null, ''];

  test('count as absent in every optional field', () => {
    const optionalFields = [
      'Count',
      'Size',
      'Urgent',
      'When',
      'Key',
      'Tags',
      'Pairs',
      'Inner',
      'Items',
      'Many',
      'Free',
    ];
    for (const name of optionalFields) {
      for (const value of absent)
        expect([name, value, problemsIn({ ...good, [name]: value })]).toEqual([name, value, []]);
    }
    const inner = { ...good, Inner: { Deep: 'x', 'a/b~c': '' }, Items: [{ Id: '1', Note: null }] };
    dropAbsentFields(asJsonSchema(record), inner);
    expect(inner).toEqual({ ...good, Inner: { Deep: 'x' }, Items: [{ Id: '1' }] });
  });

  test('count as missing in every required field', () => {
    for (const value of absent) {
      expect(problemsIn({ Name: value, Kind: value, Inner: { Deep: value }, Items: [{ Id: value }] })).toEqual([
        problem('MissingField', { target: 'Name' }),
        problem('MissingField', { target: 'Kind' }),
        problem('MissingField', { target: 'Inner.Deep' }),
        problem('MissingField', { target: 'Items[0].Id' }),
      ]);
    }
  });

  test('are kept in unknown fields and in lists', () => {
    const body = { ...good, Other: null, Free: { a: null, b: '' }, Tags: ['', null] };
    dropAbsentFields(asJsonSchema(record), body);
    expect(body).toEqual({ ...good, Other: null, Free: { a: null, b: '' }, Tags: ['', null] });
  });

  test('other falsy values are values', () => {
    const body = { ...good, Size: 0, Urgent: false, Tags: [] };
    dropAbsentFields(asJsonSchema(record), body);
    expect(body).toEqual({ ...good, Size: 0, Urgent: false, Tags: [] });
  });
});

describe('impossible characters', () => {
  const nul = 'a NUL character';
  const half = 'half of a character';
  const impossible = 'a field name that is not allowed';

  test('are refused in values and in names, at every depth', () => {
    const rows: [details: object, target: string, what: string][] = [
      [{ Name: 'a\0' }, 'Name', nul],
      [{ Name: '\ud83d' }, 'Name', half],
      [{ Name: '\ude00\ud83d' }, 'Name', half],
      [{ Tags: ['a', '\0'] }, 'Tags[1]', nul],
      [{ Items: [{ Id: '\udc00' }] }, 'Items[0].Id', half],
      [{ Other: { list: [[{ x: '\0' }]] } }, 'Other.list[0][0].x', nul],
      [{ Free: { 'a\0b': 1 } }, 'Free.a\0b', impossible],
      [{ Free: { '\ud800': { deep: '\0' } } }, 'Free.\ud800', impossible],
      [{ '\udfff': 1 }, '\udfff', impossible],
      [{ '': '\0' }, 'the body', nul],
    ];
    for (const [details, target, what] of rows) {
      expect(problemsIn({ ...good, ...details })).toEqual([problem('InvalidCharacters', { target, what })]);
    }
  });

  test('get one problem each if a value has both kinds', () => {
    expect(problemsIn({ ...good, Name: '\0\ud800' })).toEqual([
      problem('InvalidCharacters', { target: 'Name', what: nul }),
      problem('InvalidCharacters', { target: 'Name', what: half }),
    ]);
  });

  test('leave all other characters allowed', () => {
    const fine = { Free: { 'ä 😀.[0]/~"\u0001': '\u0001\u0002\t\r\n\u007f\u200b\ufeff\uffff😀👨‍👩‍👧' } };
    expect(problemsIn({ ...good, ...fine })).toEqual([]);
  });
});

describe('hostile bodies', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 'x' : [nested(levels - 1)]);

  test('may be nested 32 levels deep and no deeper', () => {
    expect(problemsIn({ ...good, Free: nested(0), Other: nested(31) })).toEqual([
      problem('InvalidField', { target: 'Free', rule: 'must be an object' }),
    ]);
    expect(problemsIn({ ...good, Other: nested(32) })).toEqual([
      problem('InvalidField', { target: 'Other[0][0]', rule: 'is nested more than 32 levels deep' }),
    ]);
    const hostile = JSON.parse(
      `{"Name":"Aino","Kind":"Small","Items":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ) as object;
    dropAbsentFields(asJsonSchema(record), hostile);
    expect(checkBody(operation, hostile).map(({ code, target }) => [code, target])).toEqual([
      ['InvalidField', 'Items[0]'],
      ['InvalidField', 'Items[0][0]'],
    ]);
  });

  test('with too long a list get one problem, and none for each entry', () => {
    const body = { ...good, Tags: Array.from({ length: 300_000 }, () => 0), Items: [0, 0, 0, 0] };
    expect(problemsIn(body)).toEqual([
      problem('InvalidField', { target: 'Tags', rule: 'must have at most 3 entries' }),
      problem('InvalidField', { target: 'Items', rule: 'must have at most 3 entries' }),
    ]);
  });

  test('get at most the limit of problems of one kind', () => {
    const max = problemLimit + 500;
    const entries = Array.from({ length: max }, () => ({ Lists: Array.from({ length: 50 }, () => 0) }));
    const kinds: object[] = [
      { Many: entries },
      { Other: Array.from({ length: max }, () => '\0') },
      { Other: Object.fromEntries(entries.map((_, index) => [`\0${index}`, 1])) },
      { Other: Array.from({ length: max }, () => nested(32)) },
    ];
    for (const details of kinds) {
      const { length } = problemsIn({ ...good, ...details });
      expect(length).toBeGreaterThanOrEqual(problemLimit);
      expect(length).toBeLessThan(problemLimit + 100);
    }
  });
});

describe('parameters', () => {
  /** Returns the coerced values and their problems. */
  function coerced(values: Record<string, unknown>) {
    const copy: Record<string, unknown> = { 'Record Id': 'r1', ...values };
    const problems = checkParameters(operation, copy);
    return { values: copy, problems };
  }
  const plain = { 'Record Id': 'r1', Kind: 'Large' };

  test('are text on the wire, and are coerced to the type of their schema', () => {
    const rows: [name: string, wire: string, value: unknown][] = [
      ['Urgent', 'true', true],
      ['Urgent', 'True', true],
      ['Urgent', 'FALSE', false],
      ['Count', '10', 10],
      ['When', '2026-12-01T09:00:00Z', '2026-12-01T09:00:00Z'],
      ['Key', 'f0000000-0000-4000-8000-00000000000f', 'f0000000-0000-4000-8000-00000000000f'],
      ['Kind', 'Small', 'Small'],
    ];
    for (const [name, wire, value] of rows) {
      expect(coerced({ [name]: wire })).toEqual({ values: { ...plain, [name]: value }, problems: [] });
    }
    expect(coerced({ 'Record Id': '5' })).toEqual({ values: { ...plain, 'Record Id': '5' }, problems: [] });
  });

  test('get their default if they are absent', () => {
    expect(coerced({})).toEqual({ values: plain, problems: [] });
  });

  test('that break a rule get a problem with the rule and their place', () => {
    const rows: [name: string, wire: string, place: string, rule: string][] = [
      ['Urgent', 'yes', 'header', 'must be true or false'],
      ['Urgent', '1', 'header', 'must be true or false'],
      ['Kind', 'large', 'header', 'must be one of Small, Large'],
      ['Count', 'x', 'query', 'must be a whole number'],
      ['Count', '1.5', 'query', 'must be a whole number'],
      ['Count', '0', 'query', 'must be at least 1'],
      ['Count', '11', 'query', 'must be at most 10'],
      ['When', 'soon', 'query', 'must be a date and time such as 2026-12-01T09:00:00Z'],
      ['Key', 'x', 'query', 'must be a UUID'],
    ];
    for (const [target, wire, place, rule] of rows) {
      expect(coerced({ [target]: wire }).problems).toEqual([problem('InvalidParameter', { target, place, rule })]);
    }
  });

  test('that are missing get a problem that says where they belong', () => {
    expect(checkParameters(operation, {})).toEqual([
      problem('MissingParameter', { target: 'Record Id', place: 'path' }),
    ]);
  });

  test('get all their problems at once, impossible characters included', () => {
    expect(coerced({ 'Record Id': 'r\0', Urgent: 'x', Count: 'y', Key: '\ud800' }).problems).toEqual([
      problem('InvalidParameter', { target: 'Urgent', place: 'header', rule: 'must be true or false' }),
      problem('InvalidParameter', { target: 'Count', place: 'query', rule: 'must be a whole number' }),
      problem('InvalidParameter', { target: 'Key', place: 'query', rule: 'must be a UUID' }),
      problem('InvalidCharacters', { target: 'Record Id', what: 'a NUL character' }),
      problem('InvalidCharacters', { target: 'Key', what: 'half of a character' }),
    ]);
  });
});

test('a field is named as its sender would write it', () => {
  expect([[], ['A'], ['A', 0], ['A', 3, 'B'], [0], [0, 'A'], ['A', 'B c', 1, 2]].map(fieldName)).toEqual([
    '',
    'A',
    'A[0]',
    'A[3].B',
    '[0]',
    '[0].A',
    'A.B c[1][2]',
  ]);
});
