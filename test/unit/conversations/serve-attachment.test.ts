import { describe, expect, test } from 'vitest';

import type { AttachmentStore } from '../../../src/conversations/index.ts';
import { serveAttachment } from '../../../src/conversations/serve-attachment.ts';
import { createMemoryAttachmentStore } from '../../support/fakes/attachment-store.ts';
import { testNow } from '../../support/labs/kernel.ts';

const id = '0123456789abcdef0123456789abcdef';
const later = new Date(testNow.getTime() + 1);
const kept = { bytes: Uint8Array.of(0, 255, 10), name: 'kissa.jpg', mimeType: 'image/jpeg', expiresAt: later };

async function serve(changes: Partial<typeof kept> = {}, { requestContent = id, now = testNow } = {}) {
  const attachments = createMemoryAttachmentStore();
  await attachments.put(id, { ...kept, ...changes });
  return serveAttachment(requestContent, { attachments, now: () => now });
}

describe('serving an attachment', () => {
  test('answers with its bytes, type and name', async () => {
    expect(await serve()).toEqual({
      status: 200,
      headers: {
        'Content-Type': 'image/jpeg',
        'Content-Length': '3',
        'Content-Disposition': `attachment; filename="kissa.jpg"; filename*=UTF-8''kissa.jpg`,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-store',
      },
      body: Uint8Array.of(0, 255, 10),
    });
  });

  test('serves an empty file', async () => {
    const { status, headers, body } = await serve({ bytes: new Uint8Array() });
    expect([status, headers['Content-Length'], body]).toEqual([200, '0', new Uint8Array()]);
  });

  test.each([
    ['unknown', {}, { requestContent: 'f'.repeat(32) }],
    ['expired a moment ago', {}, { now: new Date(later.getTime() + 1) }],
    ['expiring now', {}, { now: later }],
    ['without a readable expiry time', { expiresAt: new Date(Number.NaN) }, {}],
  ])('answers 404 if it is %s', async (_, changes, request) => {
    const message = 'The link is wrong or has expired. Save files as soon as a message arrives.';
    const body = new TextEncoder().encode(JSON.stringify({ error: { code: 'AttachmentNotFound', message }, message }));
    expect(await serve(changes, request)).toEqual({
      status: 404,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': String(body.byteLength),
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-store',
      },
      body,
    });
  });

  test.each([
    '',
    'x',
    id.slice(1),
    `${id}0`,
    id.toUpperCase(),
    `${id}\n`,
    `../${id}`,
    `${id.slice(1)}é`,
    'g'.repeat(32),
  ])('answers 404 for the malformed id %j without asking the store', async (requestContent) => {
    const attachments: AttachmentStore = {
      put: () => Promise.reject(new Error('put must not be called')),
      read: () => Promise.reject(new Error('read must not be called')),
      remove: () => Promise.reject(new Error('remove must not be called')),
    };
    expect((await serveAttachment(requestContent, { attachments, now: () => testNow })).status).toBe(404);
  });

  test('rejects if the store fails', async () => {
    const attachments = { ...createMemoryAttachmentStore(), read: () => Promise.reject(new Error('down')) };
    await expect(serveAttachment(id, { attachments, now: () => testNow })).rejects.toThrow('down');
  });
});

describe('the name of a download', () => {
  test.each([
    ['äiti & isä.jpg', '_iti & is_.jpg', '%C3%A4iti%20%26%20is%C3%A4.jpg'],
    ['😀.png', '_.png', '%F0%9F%98%80.png'],
    ['👩‍👧.png', '___.png', '%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7.png'],
    [`say "hi" (it's 50%*).txt`, `say _hi_ (it's 50_*).txt`, 'say%20%22hi%22%20%28it%27s%2050%25%2A%29.txt'],
    ['a\r\nSet-Cookie: x=1\u0000\u007f\u0085.txt', 'aSet-Cookie: x=1.txt', 'aSet-Cookie%3A%20x%3D1.txt'],
    ['../..\\etc/passwd', '.._.._etc_passwd', '.._.._etc_passwd'],
    ['report\u202Efdp.exe', 'reportfdp.exe', 'reportfdp.exe'],
    ['a\u2028b', 'ab', 'ab'],
    ['half \ud83d', 'half _', 'half%20%EF%BF%BD'],
    ['a"; filename=evil.exe', 'a_; filename=evil.exe', 'a%22%3B%20filename%3Devil.exe'],
    ['', 'attachment', 'attachment'],
    [' \t\n', 'attachment', 'attachment'],
  ])('makes %j safe', async (name, fallback, encoded) => {
    const { headers } = await serve({ name });
    expect(headers['Content-Disposition']).toBe(`attachment; filename="${fallback}"; filename*=UTF-8''${encoded}`);
    // `Headers` throws for a value that is not a valid header.
    expect(new Headers(headers).get('content-disposition')).toBe(headers['Content-Disposition']);
  });
});

describe('the type of a download', () => {
  test.each([
    ['application/vnd.ms-excel', 'application/vnd.ms-excel'],
    ['image/svg+xml', 'image/svg+xml'],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['audio/ogg;codecs="opus"', 'audio/ogg;codecs="opus"'],
    ['', 'application/octet-stream'],
    ['jpeg', 'application/octet-stream'],
    ['image/jpeg, text/html', 'application/octet-stream'],
    ['image/jpeg\r\nX-Evil: 1', 'application/octet-stream'],
    ['image/jpeg; a="\r\nX-Evil: 1"', 'application/octet-stream'],
    ['image/jpäg', 'application/octet-stream'],
  ])('sends %j as %s', async (mimeType, given) => {
    expect((await serve({ mimeType })).headers['Content-Type']).toBe(given);
  });
});
