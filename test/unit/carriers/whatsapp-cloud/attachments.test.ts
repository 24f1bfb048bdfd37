import { expect, test } from 'vitest';
import type { AttachmentOutcome } from '../../../../src/conversations/index.ts';
import { connectCloud } from '../../../support/labs/carriers/whatsapp-cloud.ts';

/** A carrier for which Meta gives this address of a medium; records the calls with their tokens. */
async function fetchAt(
  mediumUrl: unknown,
  { medium = () => new Response('bytes'), ...described }: { medium?: () => Response; [name: string]: unknown } = {},
) {
  const requested: [url: string, authorization: string | null][] = [];
  const { attachments } = connectCloud(
    { url: 'https://graph.example' },
    {
      fetch: (input, init) => {
        const url = input as string;
        requested.push([url, new Headers(init?.headers).get('authorization')]);
        const isDescription = requested.length === 1;
        const description = { url: mediumUrl, mime_type: 'image/png', file_size: 5, id: '55', ...described };
        return Promise.resolve(isDescription ? Response.json(description) : medium());
      },
    },
  );
  const outcome = (await attachments?.fetchAttachment('55', 10)) as AttachmentOutcome;
  return { outcome, requested };
}

const fetched = { outcome: 'fetched', bytes: Buffer.from('bytes'), mimeType: 'image/png' };

test.for([
  'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=55',
  'https://scontent.xx.fbcdn.net/a',
  'https://graph.facebook.com/a',
  'https://mmg.whatsapp.net/a',
  'https://graph.example/a',
])('fetches a medium from %s, with the token', async (url) => {
  expect(await fetchAt(url)).toEqual({
    outcome: fetched,
    requested: [
      ['https://graph.example/v23.0/55', 'Bearer token'],
      [url, 'Bearer token'],
    ],
  });
});

test.for([
  'https://evil.example/a',
  'https://fbsbx.com.evil.example/a',
  'https://evilfbsbx.com/a',
  'http://lookaside.fbsbx.com/a',
  'http://graph.example/a',
  'https://graph.example:8443/a',
  'https://lookaside.fbsbx.com@evil.example/a',
  'file:///etc/passwd',
  '//lookaside.fbsbx.com/a',
  '',
  undefined,
  7,
])('does not send the token to another host: %s', async (url) => {
  const { outcome, requested } = await fetchAt(url);
  expect(outcome).toMatchObject({ outcome: 'retry' });
  expect(requested).toHaveLength(1);
});

test('does not download a medium whose size is too large', async () => {
  const { outcome, requested } = await fetchAt('https://lookaside.fbsbx.com/a', { file_size: 11 });
  expect(outcome).toEqual({ outcome: 'failed', reason: 'The attachment is larger than 10 bytes.' });
  expect(requested).toHaveLength(1);
});

test('stops reading a medium that is larger than its stated size', async () => {
  const medium = () => new Response('x'.repeat(11));
  const { outcome } = await fetchAt('https://lookaside.fbsbx.com/a', { medium });
  expect(outcome).toEqual({ outcome: 'failed', reason: 'The attachment is larger than 10 bytes.' });
});

test.for([302, 401, 403, 404, 410, 500])('retries if the medium’s address answers %i', async (status) => {
  const { outcome } = await fetchAt('https://lookaside.fbsbx.com/a', { medium: () => new Response(null, { status }) });
  expect(outcome).toMatchObject({ outcome: 'retry' });
});

test.for([
  [{ mime_type: 'audio/ogg; codecs=opus' }, 'audio/ogg'],
  [{ mime_type: undefined }, 'text/plain'],
  [{ mime_type: 7, medium: () => new Response(new Uint8Array(5)) }, 'application/octet-stream'],
] as const)('the content type of a medium is the one that Meta gives: %j', async ([described, mimeType]) => {
  const { outcome } = await fetchAt('https://lookaside.fbsbx.com/a', described);
  expect(outcome).toMatchObject({ outcome: 'fetched', mimeType });
});

test.for(['..', '../me', 'a?b', 'a#b', 'a/b', ''])('makes no call for a malformed reference: %s', async (reference) => {
  const requested: unknown[] = [];
  const fetch: typeof globalThis.fetch = (url) => {
    requested.push(url);
    return Promise.resolve(Response.json({}));
  };
  const { attachments } = connectCloud({ url: 'https://graph.example' }, { fetch });
  expect(await attachments?.fetchAttachment(reference, 10)).toMatchObject({ outcome: 'failed' });
  expect(requested).toEqual([]);
});
