import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

const newId = (): string => randomBytes(16).toString('hex');
const bytes = new Uint8Array(randomBytes(100_000));

async function keep(expiresAt: Date): Promise<string> {
  const id = newId();
  await createBlobAttachmentStore(local.storage).put(id, { bytes, name: 'ä.jpg', mimeType: 'image/jpeg', expiresAt });
  return `${local.host.baseUrl}/attachments/${id}`;
}

test('an attachment is served to whoever has its address, for one storage operation', async () => {
  const address = await keep(new Date(Date.now() + 3_600_000));
  local.storage.reset();
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': '100000',
    'content-disposition': `attachment; filename="_.jpg"; filename*=UTF-8''%C3%A4.jpg`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  });
  expect(Buffer.compare(new Uint8Array(await answer.arrayBuffer()), bytes)).toBe(0);
  expect(local.storage.operations().filter(({ service }) => service === 'blob')).toEqual([
    expect.objectContaining({ method: 'GET', status: 200 }),
  ]);
});

test.each([
  ['unknown', async () => `${local.host.baseUrl}/attachments/${newId()}`],
  ['malformed', async () => `${local.host.baseUrl}/attachments/..%2Fx`],
  ['expired', () => keep(new Date(Date.now() - 1))],
])('an attachment that is %s is not found', async (_, address) => {
  const answer = await fetch(await address());
  const message = 'The link is wrong or has expired. Save files as soon as a message arrives.';
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { error: { code: 'AttachmentNotFound', message }, message },
  ]);
});
