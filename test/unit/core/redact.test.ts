import { RestError } from '@azure/data-tables';
import { expect, test } from 'vitest';

import { maskText, printableError } from '../../../src/core/redact.ts';

const messageId = '4f0193a1b2c3d4e5f60718293a4b5c6d';

test.each([
  ['a number', 'to 358401234567 failed', 'to …567 failed'],
  ['a number with a plus', 'to +358401234567', 'to …567'],
  ['a number in groups', 'to +358 (0)40-123 4567.', 'to …567.'],
  ['the shortest number', '1234567', '…567'],
  ['the longest number', '123456789012345', '…345'],
  ['a number in a row key', `0000.358401234567.${messageId}.c`, `0000.…567.${messageId}.c`],
  ['a number in quotation marks', 'RowKey "358401234567"', 'RowKey "…567"'],
  ['several', '358401234567,358401234568', '…567,…568'],
  ['a number that is too short', 'port 10002, after 123456 ms', 'port 10002, after 123456 ms'],
  ['a number that is too long', '1234567890123456', '1234567890123456'],
  ['a message id', `chunk 1 of ${messageId}`, `chunk 1 of ${messageId}`],
  ['a message id that has one letter', '1234567890123456789012345678901a', '1234567890123456789012345678901a'],
  ['a recipient id', `${messageId}-00017`, `${messageId}-00017`],
  ['the longest recipient id', `${messageId}-100000017`, `${messageId}-100000017`],
  ['an inbound id', `i${messageId}`, `i${messageId}`],
  ['a thread id', `${messageId}0193a1b2c3d4`, `${messageId}0193a1b2c3d4`],
  [
    'a dead letter id',
    `0a1b2c3d.0193a1b2c3d4.i${messageId}.${messageId}`,
    `0a1b2c3d.0193a1b2c3d4.i${messageId}.${messageId}`,
  ],
  ['a GUID with groups of digits', '12345678-1234-4234-8234-123456789012', '12345678-1234-4234-8234-123456789012'],
  ['a time', 'until 2026-11-24T10:00:00.123Z', 'until 2026-11-24T10:00:00.123Z'],
  ['the query of an address', 'at https://host.fi/a/b?sig=x&y=1: no', 'at https://host.fi/a/b?… no'],
  ['the fragment of an address', 'at https://host.fi/a#token', 'at https://host.fi/a?…'],
  ['a bearer token', 'header Bearer abc.def-ghi, then', 'header Bearer …, then'],
  ['a token by itself', 'got eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln', 'got …'],
  ['an account key', 'AccountName=a;AccountKey=c2VjcmV0;x', 'AccountName=a;AccountKey=…;x'],
  ['any long key', `key ${'aB3/'.repeat(22)}==`, 'key …'],
])('%s', (_, text, masked) => {
  expect(maskText(text)).toBe(masked);
});

const texts = ['Kulta, "tule" kotiin', 'Aino Kaisa', '358401234567', 'a\nb"c', "don't say it"];

test.each(texts)('hides the input of a JSON error: %j', (text) => {
  for (const json of [`${text} x`, `{"Content":"${text}`, `{"a":${JSON.stringify(text)} ${text}}`, `["${text}\n"]`]) {
    let error: unknown;
    try {
      JSON.parse(json);
    } catch (caught) {
      error = caught;
    }
    const { name, message } = printableError(error);
    expect(name).toBe('SyntaxError');
    expect(message).not.toMatch(/Kult|tule|Aino|Kais|3584|say/);
  }
});

test('shows the code of a storage error, and hides its request', () => {
  const body = JSON.stringify({ PartitionKey: 'p', content0: 'Kulta', address: '358401234567' });
  const headers = { authorization: 'SharedKey account:c2lnbmF0dXJl' };
  const error = new RestError(`{"odata.error":{"code":"InvalidInput","message":{"value":"Kulta is 358401234567"}}}`, {
    code: 'InvalidInput',
    statusCode: 400,
    request: { url: 'http://127.0.0.1/messages(PartitionKey=358401234567)', body, headers } as never,
    response: { bodyAsText: body, status: 400, request: { body } } as never,
  });
  const printed = printableError(error);
  expect(printed).toEqual({ name: 'RestError', message: '{"…"}}}', code: 'InvalidInput', statusCode: 400 });
});

test.each([
  [{ odataError: { code: 'TableNotFound' } }, 'TableNotFound'],
  [{ code: 'QueueNotFound' }, 'QueueNotFound'],
  [{ odataError: { message: 'Kulta' } }, undefined],
])('finds the code of a storage error in its details: %j', (details, code) => {
  const error = Object.assign(new RestError('x', { statusCode: 404 }), { details });
  expect(printableError(error)).toEqual({ name: 'RestError', message: 'x', ...(code && { code }), statusCode: 404 });
});

test('shows the cause of a fetch error, and hides the address', async () => {
  const error: unknown = await fetch('http://127.0.0.1:9/hook?sig=secret').catch((reason: unknown) => reason);
  const { name, message, cause } = printableError(error);
  expect([name, message]).toEqual(['TypeError', 'fetch failed']);
  expect(cause?.message).not.toBe('');
  expect(JSON.stringify(printableError(error))).not.toContain('secret');
});

function failHere(): Error {
  return new Error('x', { cause: 'to 358401234567' });
}

test('keeps only the stack frames of this app, after a message of any shape', () => {
  const error = failHere();
  const [header = '', ...lines] = (error.stack ?? '').split('\n');
  error.stack = [
    `${header} Kulta`,
    '    at say (Kulta)',
    `    at sendChunk (file:///srv/app/src/messages/deliver/send-chunk.ts:10:5)`,
    `    at async Object.handler [as run] (/home/site/wwwroot/dist/functions/queues.js:1:2)`,
    `    at C:\\app\\functions\\http.ts:3:4`,
    `    at request (file:///app/src/../node_modules/@azure/x.js:3:4)`,
    '    at node:internal/process:1:1',
    ...lines.filter((line) => line.includes('node:')),
  ].join('\n');
  expect(printableError(error)).toEqual({
    name: 'Error',
    message: 'x',
    stack: [
      'sendChunk src/messages/deliver/send-chunk.ts:10:5',
      'Object.handler dist/functions/queues.js:1:2',
      'functions\\http.ts:3:4',
    ],
    cause: { name: 'string', message: 'to …567' },
  });
});

test.each([
  ['null', null, { name: 'object', message: '' }],
  ['an object', { content: 'Kulta' }, { name: 'object', message: '' }],
  ['a text', 'key "Kulta"', { name: 'string', message: 'key "…"' }],
])('reduces %s that was thrown', (_, thrown, printed) => {
  expect(printableError(thrown)).toEqual(printed);
});

test('cuts a long message, and ends a chain of causes that refers to itself', () => {
  const error: Error = new RangeError('ä'.repeat(1_000));
  error.cause = error;
  const printed = printableError(error);
  expect([printed.message.length, printed.cause?.cause?.cause?.cause]).toEqual([300, undefined]);
});

test.each([
  ["Cannot read properties of undefined (reading 'sendAt')", "Cannot read properties of undefined (reading 'sendAt')"],
  ["The argument must be of type x. Received 'Tule kotiin, kulta'", "The argument must be of type x. Received '…'"],
  ["The carrier can't be reached, and isn't told", "The carrier can't be reached, and isn't told"],
  ['Headers.append: "Kulta', 'Headers.append: "…"'],
])('masks input between quotation marks: %s', (message, printed) => {
  expect(printableError(new Error(message)).message).toBe(printed);
});
