import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AzureNamedKeyCredential, generateAccountSas } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { UnavailableError } from '../../src/core/unavailable-error.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import type { StorageConnection } from '../../src/storage/connection.ts';
import { StorageError } from '../../src/storage/service/storage-error.ts';
import { openQueue } from '../../src/storage/queues/open-queue.ts';
import { odata } from '../../src/storage/tables/odata.ts';
import { openTable as openOwnTable } from '../../src/storage/tables/open-table.ts';
import type { Table, TableName } from '../../src/storage/tables/open-table.ts';
import type { RowChange } from '../../src/storage/tables/row-change.ts';
import { startTroubledStorage } from '../support/servers/troubled-storage.ts';
import type { Trouble } from '../support/servers/troubled-storage.ts';

const azurite = await startAzurite({});
const storage = await startTroubledStorage(azurite.connectionString);
afterEach(() => storage.calm());
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await storage.stop();
  await azurite.stop();
});

/** Opens a table of these tests, which the app doesn't have. */
const openTable = (connection: StorageConnection, name: string): Table => openOwnTable(connection, name as TableName);

/** Starts a server that takes the place of storage. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives the next requests these troubles, one after the other. */
function next(...troubles: (Trouble | undefined)[]): void {
  storage.trouble(() => troubles.shift());
}

const code = (error: string) => expect.objectContaining({ name: 'StorageError', code: error }) as Error;
const keysOf = (rows: readonly object[]) => rows.map((row) => (row as { rowKey: string }).rowKey);

describe('rows', () => {
  test.each(["O'Brien", 'a b', 'äö €😀', '100%25', 'a+b&c=d', '(x),y', '~!$*:;@', '"q"', '.', '{}^`|<>'])(
    'with the keys %s are written, found, listed, changed and removed',
    async (key) => {
      const table = openTable(azurite, 'keys');
      const keys = { partitionKey: key, rowKey: key };
      const version = await table.insert({ ...keys, text: `${key} text`, count: 7, yes: true, absent: undefined });
      const found = await table.find(key, key);
      expect(found).toMatchObject({ ...keys, text: `${key} text`, count: 7, yes: true, etag: version });
      expect(found).not.toHaveProperty('absent');
      expect(await table.list(odata`PartitionKey eq ${key} and RowKey eq ${key}`, ['text'])).toEqual([
        expect.objectContaining({ text: `${key} text` }),
      ]);
      const merged = await table.merge({ ...keys, text: 'merged' }, version);
      expect(await table.find(key, key)).toMatchObject({ text: 'merged', count: 7, etag: merged });
      const [replaced = ''] = await table.writeTogether([
        { change: 'replace', row: { ...keys, text: key }, version: merged },
      ]);
      expect(await table.find(key, key)).toMatchObject({ text: key, etag: replaced });
      expect(await table.find(key, key)).not.toHaveProperty('count');
      await table.remove(keys, replaced);
      expect(await table.find(key, key)).toBeUndefined();
    },
  );

  test('are read over any number of pages, in order, up to the limit', async () => {
    const table = openTable(azurite, 'pages');
    const names = Array.from({ length: 1_203 }, (_, index) => `k${String(index).padStart(5, '0')}`);
    for (let from = 0; from < names.length; from += 100) {
      await table.writeTogether(
        names.slice(from, from + 100).map((rowKey) => ({ change: 'insert', row: { partitionKey: 'p', rowKey } })),
      );
    }
    const filter = odata`PartitionKey eq ${'p'}`;
    expect(keysOf(await table.list(filter))).toEqual(names);
    expect(keysOf(await table.listFirst(1_100, filter))).toEqual(names.slice(0, 1_100));
    const first = await table.listPage({ filter, columns: [] });
    expect(keysOf(first.rows)).toEqual(names.slice(0, 1_000));
    const second = await table.listPage({ filter, columns: [] }, first.next);
    expect([keysOf(second.rows), second.next]).toEqual([names.slice(1_000), undefined]);
  });
});

describe('a transaction', () => {
  const table = openTable(azurite, 'transactions');
  const insert = (rowKey: string): RowChange => ({ change: 'insert', row: { partitionKey: 'p', rowKey } });

  test('returns the versions of its rows in their order', async () => {
    const versions = await table.writeTogether([insert('v1'), insert('v2')]);
    const found = [await table.find('p', 'v1'), await table.find('p', 'v2')];
    expect(versions).toEqual(found.map((row) => row?.etag));
  });

  test.each<[string, RowChange, string]>([
    ['a row that is there', insert('taken'), 'EntityAlreadyExists'],
    [
      'a row of another version',
      { change: 'merge', row: { partitionKey: 'p', rowKey: 'taken', a: 1 }, version: `W/"datetime'2020-01-01'"` },
      'UpdateConditionNotSatisfied',
    ],
    [
      'a row that is missing',
      { change: 'remove', row: { partitionKey: 'p', rowKey: 'no' }, version: '*' },
      'ResourceNotFound',
    ],
  ])('that meets %s changes nothing', async (_, change, refusal) => {
    await table.put({ partitionKey: 'p', rowKey: 'taken' });
    await expect(table.writeTogether([insert('with'), change])).rejects.toEqual(code(refusal));
    expect(await table.find('p', 'with')).toBeUndefined();
  });

  test('that is too large is refused, and not tried again', async () => {
    let calls = 0;
    storage.trouble(() => void (calls += 1));
    const many = Array.from({ length: 101 }, (_, index) => insert(`m${index}`));
    await expect(openTable(storage, 'transactions').writeTogether(many)).rejects.toBeInstanceOf(StorageError);
    expect(calls).toBe(1);
  });
});

describe('a table or queue that does not exist', () => {
  test('is empty for readers, and is created by the first write, also by many at once', async () => {
    const table = openTable(azurite, 'fresh');
    expect([await table.find('p', 'r'), await table.list(odata`PartitionKey eq ${'p'}`)]).toEqual([undefined, []]);
    await Promise.all(['a', 'b', 'c', 'd'].map((rowKey) => table.insert({ partitionKey: 'p', rowKey })));
    expect(keysOf(await table.list(odata`PartitionKey eq ${'p'}`))).toEqual(['a', 'b', 'c', 'd']);
    const together = openTable(azurite, 'together');
    await together.writeTogether([{ change: 'insert', row: { partitionKey: 'p', rowKey: 'r' } }]);
    expect(await together.find('p', 'r')).toMatchObject({ rowKey: 'r' });
  });

  test('is created by its first jobs, if it is a queue', async () => {
    const enqueue = openQueue<{ name: string }>(azurite, 'fresh-queue');
    const names = ['one', 'två', "three's <&>"];
    await Promise.all(names.map((name) => enqueue({ name })));
    const client = new QueueClient(azurite.connectionString, 'fresh-queue');
    const { peekedMessageItems } = await client.peekMessages({ numberOfMessages: 10 });
    const jobs = peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString('utf8'));
    expect(jobs.sort()).toEqual(names.map((name) => JSON.stringify({ name })).sort());
  });
});

describe('access to storage', () => {
  test('uses the shared access signature of the connection string', async () => {
    const part = (name: string) => new RegExp(`${name}=([^;]+)`).exec(azurite.connectionString)![1]!;
    const credential = new AzureNamedKeyCredential(part('AccountName'), part('AccountKey'));
    const signature = generateAccountSas(credential, { permissions: { add: true, query: true, write: true } });
    const connectionString = `TableEndpoint=${azurite.tableUrl}/;SharedAccessSignature=${signature}`;
    await openTable(azurite, 'signed').put({ partitionKey: 'p', rowKey: 'first' });
    const table = openTable({ connectionString }, 'signed');
    await table.insert({ partitionKey: 'p', rowKey: 'a b' });
    expect(keysOf(await table.list(odata`PartitionKey eq ${'p'}`))).toEqual(['a b', 'first']);
  });

  test('is refused with a wrong key', async () => {
    const connectionString = azurite.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmc=');
    await expect(openTable({ connectionString }, 'keys').find('p', 'r')).rejects.toMatchObject({ statusCode: 403 });
    await expect(openQueue({ connectionString }, 'fresh-queue')({})).rejects.toMatchObject({ statusCode: 403 });
  });

  test('never sends a token over plain HTTP', () => {
    const credential = { getToken: () => Promise.reject(new Error('not asked')) };
    const urls = { tableUrl: 'http://a.example', queueUrl: 'http://a.example', blobUrl: 'http://a.example' };
    expect(() => openTable({ ...urls, credential }, 't')).toThrow('plain HTTP');
    expect(() => openQueue({ ...urls, credential }, 'q')).toThrow('plain HTTP');
  });

  test('uses a token, which is fetched once for all tables and queues', async () => {
    const seen: string[] = [];
    const url = await serve(({ method, url: path, headers }, response) => {
      seen.push(`${method} ${path} ${headers.authorization} ${String(headers['x-ms-version'])}`);
      response.writeHead(method === 'GET' ? 404 : 201, { 'x-ms-error-code': 'ResourceNotFound' }).end();
    });
    const scopes: unknown[] = [];
    const connection: StorageConnection = {
      tableUrl: `${url}/tables`,
      queueUrl: `${url}/queues/`,
      blobUrl: url,
      credential: {
        async getToken(scope) {
          scopes.push(scope);
          return { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
    };
    const table = openTable(connection, 'one');
    await Promise.all([
      table.find('p', "r's"),
      table.insert({ partitionKey: 'p', rowKey: 'r' }),
      openTable(connection, 'two').put({ partitionKey: 'p', rowKey: 'r' }),
      openQueue(connection, 'jobs')({}),
    ]);
    expect(scopes).toEqual(['https://storage.azure.com/.default']);
    expect(seen.sort()).toEqual([
      "GET /tables/one(PartitionKey='p',RowKey='r''s') Bearer a-token 2020-12-06",
      'POST /queues/jobs/messages?visibilitytimeout=0&messagettl=-1 Bearer a-token 2021-12-02',
      'POST /tables/one Bearer a-token 2020-12-06',
      "PUT /tables/two(PartitionKey='p',RowKey='r') Bearer a-token 2020-12-06",
    ]);
  });
});

describe('storage trouble', () => {
  const table = openTable(storage, 'troubled');
  const row = (rowKey: string, text = 'as written') => ({ partitionKey: 'p', rowKey, text });

  test.each<Trouble>(['busy', 'broken', 'throttled', 'lost', 'answerLost'])(
    'that passes is not noticed: %s',
    async (trouble) => {
      await table.put(row('passing'));
      next(trouble);
      expect(await table.find('p', 'passing')).toMatchObject(row('passing'));
      next(trouble);
      await openQueue(storage, 'troubled')({});
    },
  );

  test.each<Trouble>(['busy', 'broken', 'throttled', 'lost', 'answerLost'])(
    'that lasts rejects with its cause after three tries: %s',
    async (trouble) => {
      let calls = 0;
      storage.trouble(() => {
        calls += 1;
        return trouble;
      });
      const attempts = [table.find('p', 'r'), openQueue(storage, 'troubled')({})];
      for (const { reason: error } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
        expect(error).toBeInstanceOf(UnavailableError);
        expect(error).toMatchObject({ what: 'The storage', cause: expect.any(Error) as Error });
      }
      expect(calls).toBe(2 * 3);
    },
  );

  test('includes storage that accepts connections and never answers, or stops within an answer', async () => {
    const silent = await serve(() => undefined);
    const halting = await serve((_, response) => void response.writeHead(200, { 'content-length': 9 }).write('{'));
    const attempts = [silent, halting].flatMap((url) => {
      const connectionString = `AccountName=a;AccountKey=YQ==;TableEndpoint=${url};QueueEndpoint=${url}`;
      const connection = { connectionString, timeLimitMs: 50 };
      return [openTable(connection, 't').find('p', 'r'), openQueue(connection, 'q')({})];
    });
    const failure = { reason: { what: 'The storage', cause: { message: 'no answer within 50 ms' } } };
    expect(await Promise.allSettled(attempts)).toMatchObject([failure, failure, failure, failure]);
  });

  test('includes storage that refuses connections', async () => {
    const connectionString = 'AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1';
    const cause = { code: 'ECONNREFUSED' };
    await expect(openTable({ connectionString }, 't').find('p', 'r')).rejects.toMatchObject({
      what: 'The storage',
      cause,
    });
  });

  test('does not include a refusal because of the request, which is not retried', async () => {
    await table.put(row('there'));
    let calls = 0;
    storage.trouble(() => void (calls += 1));
    await expect(table.insert(row('there', 'other'))).rejects.toEqual(code('EntityAlreadyExists'));
    expect(calls).toBe(1);
  });

  test.each<Trouble>(['busy', 'lost', 'answerLost'])(
    'of attachments is not noticed if it passes, and rejects if it lasts: %s',
    async (trouble) => {
      const store = createBlobAttachmentStore(storage);
      const kept = { bytes: new Uint8Array([1, 2]), name: 'a.txt', mimeType: 'text/plain', expiresAt: new Date(0) };
      next(trouble);
      await store.put(trouble, kept);
      next(trouble);
      expect(await store.read(trouble)).toEqual(kept);
      storage.trouble(() => trouble);
      const attempts = [store.put(trouble, kept), store.read(trouble), store.remove(trouble)];
      const failure = { reason: { what: 'The storage', cause: expect.any(Error) as Error } };
      expect(await Promise.allSettled(attempts)).toMatchObject([failure, failure, failure]);
      storage.calm();
      await store.remove(trouble);
      expect(await store.read(trouble)).toBeUndefined();
    },
  );

  test('that loses the answer to a write: the row is written once, and the writer gets its version', async () => {
    next('answerLost');
    const inserted = await table.insert(row('lost'));
    expect(await table.find('p', 'lost')).toMatchObject({ etag: inserted });
    next('answerLost', 'lost');
    const merged = await table.merge(row('lost', 'merged'), inserted);
    next('answerLost');
    const replaced = await table.replace(row('lost', 'replaced'), merged);
    expect(await table.find('p', 'lost')).toMatchObject({ text: 'replaced', etag: replaced });
    next('answerLost');
    const versions = await table.writeTogether([
      { change: 'merge', row: row('lost', 'together'), version: replaced },
      { change: 'insert', row: row('lost-too') },
    ]);
    expect(await table.find('p', 'lost')).toMatchObject({ text: 'together', etag: versions[0] });
    next('answerLost');
    await table.remove({ partitionKey: 'p', rowKey: 'lost' }, versions[0]);
    expect(await table.find('p', 'lost')).toBeUndefined();
  });

  test('does not let a writer take another writer’s row for its own', async () => {
    const version = await table.put(row('contested', 'theirs'));
    await table.put(row('contested', 'theirs again'));
    next('lost');
    await expect(table.insert(row('contested', 'ours'))).rejects.toEqual(code('EntityAlreadyExists'));
    next('lost');
    await expect(table.merge(row('contested', 'ours'), version)).rejects.toEqual(code('UpdateConditionNotSatisfied'));
    next('lost');
    await expect(
      table.writeTogether([
        { change: 'insert', row: row('contested', 'ours') },
        { change: 'insert', row: row('contested-too') },
      ]),
    ).rejects.toEqual(code('EntityAlreadyExists'));
    next('lost');
    await expect(table.remove({ partitionKey: 'p', rowKey: 'contested' }, version)).rejects.toEqual(
      code('UpdateConditionNotSatisfied'),
    );
    expect(await table.find('p', 'contested')).toMatchObject({ text: 'theirs again' });
  });
});
