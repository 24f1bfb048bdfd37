import { describe, expect, it } from 'vitest';

import type { RegisteredFunction } from '../../../../src/local/functions-host/functions-core.ts';
import {
  compareTemplates,
  matchRoute,
  parseRouteTemplate,
} from '../../../../src/local/functions-host/route-template.ts';
import {
  describeOverlaps,
  findRoute,
  orderRoutes,
  readHttpRoute,
} from '../../../../src/local/functions-host/route-table.ts';
import { refusal } from '../../../support/tools/refusal.ts';

const match = (template: string, path: string): Record<string, string> | undefined =>
  matchRoute(parseRouteTemplate(template), path === '' ? [] : path.split('/'));

describe('a route template', () => {
  it('matches text without regard to case', () => {
    expect(match('Messages/Sent', 'messages/SENT')).toEqual({});
    expect(match('messages/sent', 'messages')).toBeUndefined();
    expect(match('messages', 'messages/sent')).toBeUndefined();
  });

  it('matches parameters, and requires those that are not optional', () => {
    expect(match('messages/{Id}', 'messages/a b')).toEqual({ Id: 'a b' });
    expect(match('messages/{id}', 'messages')).toBeUndefined();
    expect(match('messages/{id}', 'messages/')).toBeUndefined();
    expect(match('messages/{id}/parts', 'messages/1/parts')).toEqual({ id: '1' });
    expect(match('messages/{id?}', 'messages')).toEqual({});
    expect(match('messages/{id?}', 'messages/1')).toEqual({ id: '1' });
    expect(match('messages/{id?}', 'messages/1/2')).toBeUndefined();
  });

  it('matches the rest of the path, which may be empty', () => {
    expect(match('files/{*path}', 'files')).toEqual({});
    expect(match('files/{**path}', 'files/a/b')).toEqual({ path: 'a/b' });
    expect(match('{*path}', '')).toEqual({});
  });

  it('checks the constraints of parameters', () => {
    const cases: [constraint: string, accepted: string[], refused: string[]][] = [
      ['int', ['0', '-12', '+7', '2147483647'], ['2147483648', '1.5', 'x', '1e3']],
      ['long', ['9223372036854775807'], ['9223372036854775808']],
      ['bool', ['true', 'FALSE'], ['1', 'yes']],
      ['alpha', ['abC'], ['a1', 'ä']],
      ['guid', ['9d2e1f1a-0b1c-4d5e-8f90-123456789abc', '9D2E1F1A0B1C4D5E8F90123456789ABC'], ['9d2e1f1a']],
      ['decimal', ['1', '-1.5', '.5'], ['1,5', '']],
      ['length(3)', ['abc'], ['ab', 'abcd']],
      ['length(2,3)', ['ab', 'abc'], ['a', 'abcd']],
      ['minlength(2)', ['ab'], ['a']],
      ['maxlength(2)', ['ab'], ['abc']],
      ['min(5)', ['5', '6'], ['4', 'x']],
      ['max(5)', ['5', '-6'], ['6']],
      ['range(1,3)', ['1', '3'], ['0', '4']],
      ['INT:Min(3)', ['3'], ['2', 'x']],
    ];
    for (const [constraint, accepted, refused] of cases) {
      const outcome = (value: string): boolean => match(`{value:${constraint}}`, value) !== undefined;
      expect([constraint, accepted.filter(outcome), refused.filter(outcome)]).toEqual([constraint, accepted, []]);
    }
    expect(match('items/{id:int?}', 'items')).toEqual({});
    expect(match('items/{id:int?}', 'items/x')).toBeUndefined();
  });

  it('is refused if it is malformed or not supported', () => {
    const refused: [template: string, why: string][] = [
      ['a//b', 'it has an empty segment (a slash at an end, or two in a row)'],
      ['/a', 'it has an empty segment (a slash at an end, or two in a row)'],
      ['{a?}/b', "only the last segment may be optional or a catch-all, and {a} isn't the last"],
      ['{*a}/b', "only the last segment may be optional or a catch-all, and {a} isn't the last"],
      ['{a}/{A}', 'the parameter {A} appears twice'],
      ['x-{a}', 'the segment "x-{a}" is neither plain text nor one parameter such as {id}, {id:int}, {id?} or {*path}'],
      ['{a=1}', 'the segment "{a=1}" is neither plain text nor one parameter such as {id}, {id:int}, {id?} or {*path}'],
      ['{a:length}', 'the constraint "length" needs 1 or 2 whole numbers in brackets'],
      ['{a:int(3)}', 'the constraint "int(3)" needs 0 whole numbers in brackets'],
      ['{a:min(x)}', 'the constraint "min(x)" needs 1 whole number in brackets'],
    ];
    for (const [template, why] of refused) {
      expect([template, refusal(() => parseRouteTemplate(template))]).toEqual([template, why]);
    }
    expect(() => parseRouteTemplate('{a:even}')).toThrow(/^the constraint "even" is not one of alpha, bool, /);
  });
});

it('puts the more specific template first', () => {
  const ordered = [
    'a',
    'a/{b?}',
    'a/b',
    'a/b/c',
    'a/{b:int}',
    'a/{b:int}/c',
    'a/{b}/c',
    'a/{*rest:alpha}',
    'a/{*rest}',
    '{x}/b',
  ];
  const expected = [
    'a',
    'a/b',
    'a/b/c',
    'a/{b:int}',
    'a/{b:int}/c',
    'a/{b?}',
    'a/{b}/c',
    'a/{*rest:alpha}',
    'a/{*rest}',
    '{x}/b',
  ];
  const templates = ordered.toReversed().map((text) => parseRouteTemplate(text));
  expect(templates.toSorted(compareTemplates).map(({ text }) => text)).toEqual(expected);
});

describe('a route table', () => {
  const http = (name: string, route: string, methods = ['GET']): RegisteredFunction => ({
    metadata: { name, bindings: { trigger: { type: 'httpTrigger', direction: 'in', route, methods } } },
    callback: () => ({}),
  });
  const table = (...functions: RegisteredFunction[]) => orderRoutes(functions.map((one) => readHttpRoute(one, 'api')));
  const find = (routes: ReturnType<typeof table>, method: string, path: string): string | undefined =>
    findRoute(routes, method, path.split('/'))?.route.name;

  it('tries the next route if the method differs', () => {
    const routes = table(http('literal', 'a/b', ['POST']), http('parameter', 'a/{id}', ['GET']));
    expect(find(routes, 'POST', 'api/a/b')).toBe('literal');
    expect(find(routes, 'GET', 'api/a/b')).toBe('parameter');
    expect(find(routes, 'PUT', 'api/a/b')).toBeUndefined();
  });

  it('orders equal routes by the names of their functions', () => {
    expect(find(table(http('b', 'x/{one}'), http('A', 'x/{two}')), 'GET', 'api/x/1')).toBe('A');
  });

  it('uses the name of a function without a route as its route', () => {
    expect(find(table(http('Named', '')), 'GET', 'api/named')).toBe('Named');
  });

  it('describes only overlaps that the order of names would decide differently', () => {
    const overlapping = table(
      http('z', 'a/b'),
      http('y', 'a/{id}'),
      http('x', 'a/{id:int}'),
      http('w', 'a/{id}', ['PUT']),
    );
    expect(describeOverlaps(overlapping)).toEqual([
      'GET /api/a/b matches the routes of z and y. z answers here, because its route is more specific; a host that goes by ' +
        "the functions' names would choose y. Constrain the parameter, or rename z so that it comes first in the alphabet.",
    ]);
    const apart = table(http('a', 'a/b'), http('b', 'a/{id}'), http('d', 'b/{id:guid}'), http('c', 'b/{id:int}'));
    expect(describeOverlaps(apart)).toEqual([]);
  });
});
