import { describe, expect, test } from 'vitest';

import { createTokenSource } from '../../../src/storage/service/bearer-token.ts';
import { parseConnectionString } from '../../../src/storage/service/connection-string.ts';
import { createSigner } from '../../../src/storage/service/shared-key.ts';
import { codeIn, isTransient, storageError } from '../../../src/storage/service/storage-error.ts';
import { readTransaction } from '../../../src/storage/tables/transaction.ts';

describe('a connection string', () => {
  test.each([
    ['AccountName=acme;AccountKey=a2V5;', 'https://acme.table.core.windows.net', { name: 'acme', key: 'a2V5' }],
    [
      'DefaultEndpointsProtocol=http; accountname=acme ;AccountKey=a2V5==;EndpointSuffix=core.chinacloudapi.cn',
      'http://acme.table.core.chinacloudapi.cn',
      { name: 'acme', key: 'a2V5==' },
    ],
    [
      'AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a//',
      'http://127.0.0.1:1/a',
      { name: 'a', key: 'a2V5' },
    ],
    [
      'TableEndpoint=https://a.example/;SharedAccessSignature=?sv=1&sig=x%3D',
      'https://a.example',
      { signature: 'sv=1&sig=x%3D' },
    ],
    ['UseDevelopmentStorage=true', 'http://127.0.0.1:10002/devstoreaccount1', { name: 'devstoreaccount1' }],
  ])('is read: %s', (text, url, account) => {
    expect(parseConnectionString(text, 'table')).toMatchObject({ url, account });
  });

  test.each([
    ['AccountKey=c2VjcmV0', 'does not say where the queue service is'],
    ['TableEndpoint=https://a.example;AccountKey=c2VjcmV0', 'does not say where the queue service is'],
    ['AccountName=acme;QueueEndpoint=https://a.example', 'neither a key nor a shared access signature'],
  ])('%s is refused with an error that contains nothing of it', (text, reason) => {
    const read = () => parseConnectionString(text, 'queue');
    expect(read).toThrow(reason);
    expect(read).not.toThrow(/c2VjcmV0|acme/);
  });
});

/*
 * By the documentation, the signed text is "date\n/acme/acme/t(…)" for tables, and for queues
 * "PUT\n\n\n\nx-ms-date:date\nx-ms-version:v\n/acme/acme/t(…)". The signatures were made with openssl.
 */
test.each([
  ['table', 's5il6Rd67DizperezdTgWKBRKH2COt5s6voUDYUVIyo='],
  ['queue', 'jXv0cXPJHeCrVcVIDnxj5KULckLmke6FLGA4LylUTvY='],
] as const)('a request to the %s service is signed', (kind, signature) => {
  const sign = createSigner(kind, 'acme', Buffer.from('key').toString('base64'));
  const headers = { 'x-ms-version': 'v', 'x-ms-date': 'date', accept: 'x' };
  const request = { method: 'PUT', path: "/acme/t(PartitionKey='%C3%A4',RowKey='1')", headers };
  expect(sign(request)).toBe(`SharedKeyLite acme:${signature}`);
});

describe('a token', () => {
  function source() {
    let time = 0;
    let fetched = 0;
    let fails = false;
    const token = createTokenSource(
      {
        async getToken() {
          fetched += 1;
          if (fails) throw new Error('no token today');
          return { token: `token ${fetched}`, expiresOnTimestamp: time + 3_600_000 };
        },
      },
      'https://storage.example/.default',
      () => time,
    );
    return { token, at: (minutes: number) => (time = minutes * 60_000), fail: () => (fails = true) };
  }

  test('is used until five minutes before it expires, and then until the next one was fetched', async () => {
    const { token, at } = source();
    expect(await Promise.all([token(), token()])).toEqual(['token 1', 'token 1']);
    at(54.9);
    expect(await token()).toBe('token 1');
    at(55.1);
    expect(await token()).toBe('token 1');
    expect(await token()).toBe('token 2');
  });

  test('is used until it is about to expire if no other can be fetched, and then requests fail', async () => {
    const { token, at, fail } = source();
    await token();
    fail();
    at(58);
    expect(await token()).toBe('token 1');
    at(59.5);
    await expect(token()).rejects.toThrow('no token today');
  });
});

describe('an answer of the storage service', () => {
  test.each([
    [{ 'x-ms-error-code': 'QueueNotFound' }, '', 'QueueNotFound'],
    [{}, '{"odata.error":{"code":"TableNotFound","message":{"value":"x"}}}', 'TableNotFound'],
    [
      {},
      '<?xml version="1.0"?><m:error xmlns:m="x"><m:code>AuthenticationFailed</m:code></m:error>',
      'AuthenticationFailed',
    ],
    [{}, '<html>Bad gateway</html>', ''],
  ])('with headers %j and body %j has the error code %j', (headers, body, code) => {
    expect(storageError({ status: 404, headers, body })).toMatchObject({ statusCode: 404, code });
  });

  test.each([
    [400, false],
    [403, false],
    [404, false],
    [409, false],
    [412, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('with status %i is transient: %s', (status, expected) => {
    expect(isTransient(storageError({ status, headers: {}, body: '' }))).toBe(expected);
  });

  test('to a transaction gives the versions of all rows, or fails with the error of a refused row, or because it is empty', () => {
    const part = (lines: string) =>
      `--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ${lines}\r\n`;
    const done = (etag: string) => part(`204 No Content\r\nETag: ${etag}\r\nDataServiceVersion: 1.0;\r\n\r\n`);
    expect(readTransaction(done('W/"one"') + done('W/"two"'))).toEqual(['W/"one"', 'W/"two"']);
    const refused = part('409 Conflict\r\n\r\n{"odata.error":{"code":"EntityAlreadyExists"}}');
    expect(() => readTransaction(refused)).toThrow('409 EntityAlreadyExists');
    expect(() => readTransaction('')).toThrow('500');
    expect(codeIn('')).toBe('');
  });
});
