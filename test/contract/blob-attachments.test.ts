import { ContainerClient } from '@azure/storage-blob';
import { afterAll, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';

/* What only requests show: the cost of an attachment, and what Azure would refuse but Azurite accepts. */

const azurite = await startAzurite();
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});
const store = createBlobAttachmentStore(storage);
const id = '0123456789abcdef0123456789abcdef';
const kept = {
  bytes: new Uint8Array(300_000).fill(7),
  name: 'ä.jpg',
  mimeType: 'image/jpeg',
  expiresAt: new Date('2026-11-24T10:00:00.000Z'),
};
const blob = (name: string) => new ContainerClient(azurite.connectionString, 'attachments').getBlobClient(name);

function operations() {
  const list = storage.operations().map(({ service, method, status }) => `${service} ${method} ${status}`);
  storage.reset();
  return list;
}

test('each attachment costs one operation to store and one to read; the first creates the container', async () => {
  expect(await store.read(id)).toBeUndefined();
  expect(operations()).toEqual(['blob GET 404']);
  await store.put(id, kept);
  expect(operations()).toEqual(['blob PUT 404', 'blob PUT 201', 'blob PUT 201']);
  await store.put(id, kept);
  expect(operations()).toEqual(['blob PUT 201']);
  expect(await store.read(id)).toEqual(kept);
  expect(operations()).toEqual(['blob GET 200']);
});

test('an attachment can’t be read without a key', async () => {
  await store.put(id, kept);
  expect((await fetch(blob(id).url)).status).toBeGreaterThanOrEqual(400);
});

test.each([
  ['its name', {}, { name: '%C3%A4.jpg' }],
  ['no name', { name: '' }, {}],
])('an attachment is stored with its type, its time and %s, in ASCII', async (_, changes, named) => {
  await store.put(id, { ...kept, ...changes });
  const { contentType, metadata } = await blob(id).getProperties();
  expect({ contentType, metadata }).toEqual({
    contentType: 'image/jpeg',
    metadata: { ...named, expiresat: '2026-11-24T10:00:00.000Z' },
  });
});

test.each([
  ['a name that is too long', { name: '漢'.repeat(1_000) }, { name: '漢'.repeat(500) }],
  ['a name with half a character', { name: 'a\ud83d' }, { name: 'a\ufffd' }],
  [
    'a type that no header takes',
    { mimeType: 'text/plain; a=\r\nX-Evil: 1' },
    { mimeType: 'application/octet-stream' },
  ],
  ['no type', { mimeType: '' }, { mimeType: 'application/octet-stream' }],
])('stores as much as Azure accepts of %s', async (_, changes, instead) => {
  await store.put(id, { ...kept, ...changes });
  expect(await store.read(id)).toEqual({ ...kept, ...instead });
  const { metadata = {} } = await blob(id).getProperties();
  expect(Object.entries(metadata).flat().join('').length).toBeLessThanOrEqual(8 * 1024);
});

test('rejects with the error if a request fails for another reason', async () => {
  const unreachable = createBlobAttachmentStore({
    blobUrl: azurite.blobUrl,
    queueUrl: azurite.queueUrl,
    tableUrl: azurite.tableUrl,
    // Azurite accepts no token over plain HTTP, and the library sends none.
    credential: { getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }) },
  });
  const message = expect.stringContaining('Bearer token authentication is not permitted for non-TLS') as string;
  await expect(unreachable.read(id)).rejects.toMatchObject({ what: 'The storage', cause: { message } });
  await expect(unreachable.put(id, kept)).rejects.toMatchObject({ what: 'The storage', cause: { message } });
});
