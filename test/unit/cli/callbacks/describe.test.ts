import { expect, test } from 'vitest';

import { describeCallbacks } from '../../../../src/cli/callbacks/describe.ts';
import type { CallbackEntry } from '../../../../src/delivery-callbacks/index.ts';
import { testNow } from '../../../support/labs/kernel.ts';

const later = new Date(testNow.getTime() + 1_000);

function entry(recipientIndex: number, details: Partial<CallbackEntry> = {}): CallbackEntry {
  return {
    recipientIndex,
    status: 'delivered',
    at: testNow,
    state: 'givenUp',
    since: testNow,
    attempts: 1,
    ...details,
  };
}

const describe = (entries: CallbackEntry[], dlrUrl?: string): string[] =>
  describeCallbacks(
    { messageId: 'm', chunk: 2, customerId: 'demo', done: [], entries, changedAt: later },
    dlrUrl,
  ).split('\n');

test('counts the calls that were given up, and shows the last answer and the address without its query', () => {
  const entries = [
    entry(0, { attempts: 3, lastAnswer: { status: 400, detail: 'answered 400', at: later } }),
    entry(1, { attempts: 2, lastAnswer: { detail: 'timed out', at: testNow } }),
    entry(2, { attempts: 9, state: 'waiting' }),
  ];
  expect(describe(entries, 'https://example.com/dlr?key=secret#x')).toEqual([
    'm',
    '  demo, chunk 2: 2 calls given up, at most 3 attempts per call',
    `  last answer: answered 400, ${later.toISOString()}`,
    '  https://example.com/dlr',
  ]);
});

test('describes a call without an answer, of a message that is no longer stored', () => {
  expect(describe([entry(0)])).toEqual([
    'm',
    '  demo, chunk 2: 1 call given up, at most 1 attempt per call',
    '  last answer: none',
    '  the message is no longer stored',
  ]);
});
