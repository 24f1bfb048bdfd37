import { expect, test } from 'vitest';

import { defineOperation, inHeader, inPath } from '../../../src/operation/define-operation.ts';
import { idsOfJob, logInvocation, writeLog } from '../../../src/core/log.ts';
import { object, optional, text } from '../../../src/operation/schema.ts';
import { callOperation } from '../../support/labs/kernel.ts';

const messageId = '4f0193a1b2c3d4e5f60718293a4b5c6d';
const threadId = `${messageId}0193a1b2c3d4`;

function createWriter() {
  const lines: [level: string, entry: unknown][] = [];
  const take =
    (level: string) =>
    (...values: unknown[]): void => {
      expect(values).toHaveLength(1);
      const line = String(values[0]);
      expect(line).not.toContain('\n');
      lines.push([level, JSON.parse(line)]);
    };
  return { lines, writer: { log: take('log'), error: take('error') } };
}

test('writes an entry as one line, and masks all texts except names from the directory', () => {
  const { lines, writer } = createWriter();
  writeLog(writer, {
    messageId,
    customer: '1234567',
    customerId: '1234567',
    serviceId: '1234567',
    traceparent: `00-${messageId}-00f067aa0ba902b7-01`,
    reason: 'no 358401234567',
    unknownTemplates: ['358401000001/order_ready'],
    cause: new Error('"Kulta"'),
    chunk: 3,
  });
  expect(lines).toEqual([
    [
      'log',
      {
        messageId,
        customer: '1234567',
        customerId: '1234567',
        serviceId: '1234567',
        traceparent: `00-${messageId}-00f067aa0ba902b7-01`,
        reason: 'no …567',
        unknownTemplates: ['…001/order_ready'],
        cause: expect.objectContaining({ name: 'Error', message: '"…"' }) as unknown,
        chunk: 3,
      },
    ],
  ]);
});

test('writes a failure to the error log, with the place where it happened', () => {
  const { lines, writer } = createWriter();
  writeLog(writer, { operation: 'SendMessage', error: new TypeError('to 358401234567') });
  expect(lines).toEqual([['error', { operation: 'SendMessage', error: { name: 'TypeError', message: 'to …567' } }]]);
});

test('logs the result of an invocation with its duration', async () => {
  const { lines, writer } = createWriter();
  const result = await logInvocation(
    writer,
    { worker: 'W', messageId },
    async () => 'sent',
    (output) => ({ result: output }),
  );
  expect(result).toBe('sent');
  expect(lines).toEqual([
    ['log', { worker: 'W', messageId, result: 'sent', durationMs: expect.any(Number) as number }],
  ]);
});

test.each([
  ['an error', new RangeError('Kulta of 358401234567'), 'RangeError', { name: 'RangeError', message: 'Kulta of …567' }],
  ['nothing', undefined, 'undefined', { name: 'Error', message: 'rejected without a reason' }],
])('logs %s with which an invocation rejects, and hides it from the host', async (_, thrown, name, error) => {
  const { lines, writer } = createWriter();
  const failing = logInvocation(
    writer,
    { worker: 'W' },
    () => Promise.reject(thrown as Error),
    () => ({}),
  );
  const rejected: unknown = await failing.catch((reason: unknown) => reason);
  expect([(rejected as Error).name, (rejected as Error).message, (rejected as Error).cause]).toEqual([
    'InvocationFailed',
    `${name}; see the previous log line for details.`,
    undefined,
  ]);
  expect(lines).toEqual([
    [
      'error',
      { worker: 'W', durationMs: expect.any(Number) as number, error: expect.objectContaining(error) as unknown },
    ],
  ]);
});

test.each([
  [
    { messageId, chunk: 2, check: 'unreported' },
    { messageId, chunk: 2 },
  ],
  [
    { inboundId: `i${messageId}`, subscriptionKey: messageId },
    { inboundId: `i${messageId}`, subscriptionKey: messageId },
  ],
  [
    { customerId: 'demo', serviceId: 'demo-group', from: 'x' },
    { customerId: 'demo', serviceId: 'demo-group' },
  ],
  [{ messageId: 'Kulta', content: 'Kulta', chunk: 'Kulta' }, {}],
  ['Kulta', {}],
  [null, {}],
])('picks the ids of a job: %j', (job, ids) => {
  expect(idsOfJob(job)).toEqual(ids);
});

/** Makes an operation that answers with the given ids. */
function replying(body: Record<string, string>) {
  return defineOperation({
    operationId: 'Reply',
    method: 'GET',
    path: '/reply/{ParentMessageId}',
    summary: 'Reply',
    description: 'Reply.',
    scopes: ['Gateway.Send'],
    parameters: {
      ParentMessageId: inPath(text({ title: 'Parent', description: 'Parent.' })),
      MessageId: inHeader(optional(text({ title: 'Message', description: 'Message.' }))),
    },
    answer: { status: 200, description: 'Done.', schema: object({}) },
    errors: [],
    handler: async () => ({ body }),
  });
}

async function logOf(
  body: Record<string, string>,
  { parent, headers = {} }: { parent: string; headers?: Record<string, string> },
) {
  const { log } = await callOperation(replying(body), { params: { ParentMessageId: parent }, headers }, undefined);
  return log;
}

const common = { operation: 'Reply', status: 200, reference: 'invocation-1' };

test('logs a request with the ids of its parameters, its answer and its caller', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const tracking = '08584563278462847238476CU12';
  expect(
    await logOf(
      { MessageId: messageId, ThreadId: threadId, Content: 'Kulta' },
      { parent: `i${messageId}`, headers: { traceparent, 'x-ms-client-tracking-id': tracking } },
    ),
  ).toEqual([
    { ...common, messageId, threadId, parentMessageId: `i${messageId}`, clientTrackingId: tracking, traceparent },
  ]);
});

test('logs the id in a parameter if the answer holds none', async () => {
  const headers = { messageid: messageId };
  expect(await logOf({}, { parent: messageId, headers })).toEqual([
    { ...common, messageId, parentMessageId: messageId },
  ]);
});

test.each([
  ['a text', 'Kulta kotiin'],
  ['a line break', 'a\nb'],
  ['too long', 'a'.repeat(101)],
  ['nothing', ''],
  ['quotation marks', '"a"'],
])('drops an id of the caller: %s', async (_, value) => {
  const headers = { traceparent: value, 'x-ms-client-tracking-id': value, messageid: value };
  expect(await logOf({ MessageId: value, ThreadId: value }, { parent: 'Kulta', headers })).toEqual([common]);
});
