import { describe, expect, test } from 'vitest';

import type { Operation } from '../../../src/operation/define-operation.ts';
import { scopes } from '../../../src/operation/scopes.ts';
import type { Scope } from '../../../src/operation/scopes.ts';
import { operations } from '../../../src/operations.ts';
import { callOperation, testCaller } from '../../support/labs/kernel.ts';

const records = operations as unknown as readonly Operation<unknown>[];
const closed = records.filter(({ anonymous }) => anonymous !== true);
const all = Object.keys(scopes) as Scope[];

/** Sends an operation an empty body, as a caller with these scopes; records the steps of the kernel. */
async function callWith(operation: Operation<unknown>, granted: readonly Scope[]) {
  const reached: PropertyKey[] = [];
  const deps = new Proxy(
    {},
    {
      get(_, name) {
        reached.push(name);
        throw new Error('nothing is here');
      },
    },
  );
  const authenticate = async () => ({ ...testCaller, scopes: granted });
  const called = await callOperation(operation, { json: {} }, deps, { access: { authenticate } });
  const { error } = (called.answer.jsonBody ?? {}) as { error?: { code: string; message: string } };
  return { ...called, error, reached };
}

describe.each(closed.map((operation) => [operation.operationId, operation] as const))('%s', (_, operation) => {
  test('refuses a caller without its scope, names the scope, and reads and changes nothing', async () => {
    const others = all.filter((scope) => !operation.scopes.includes(scope));
    for (const granted of [[], others]) {
      const { answer, error, steps, reached } = await callWith(operation, granted);
      expect([answer.status, error?.code]).toEqual([403, 'MissingScope']);
      expect(error?.message).toContain(`lacks the scope ${operation.scopes[0]},`);
      expect(steps).toEqual(['authenticate null']);
      expect(reached).toEqual([]);
    }
  });

  test.each(operation.scopes.map((scope) => [scope]))('accepts a caller with only the scope %s', async (scope) => {
    const { answer, error } = await callWith(operation, [scope]);
    expect(error?.code).not.toBe('MissingScope');
    expect(answer.status).not.toBe(403);
  });
});

test('every scope belongs to an operation', () => {
  expect(new Set(records.flatMap((operation) => operation.scopes))).toEqual(new Set(all));
});
