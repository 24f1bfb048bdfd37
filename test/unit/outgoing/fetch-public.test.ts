import type { RequestListener } from 'node:http';

import { expect, test } from 'vitest';

import { createAddressRule } from '../../../src/outgoing/address-rule.ts';
import { createPublicFetcher } from '../../../src/outgoing/fetch-public.ts';
import { createGuardedClient } from '../../../src/outgoing/guarded-client.ts';
import { realNetwork } from '../../../src/outgoing/network.ts';
import { addressOfNobody, startFaultyNetwork } from '../../support/servers/faulty-network.ts';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]);
const reason = expect.stringMatching(/\S/) as string;

const fetcher = (allowLoopback = true) =>
  createPublicFetcher(
    createGuardedClient({
      rule: createAddressRule({ allowLoopback, allowedHosts: [] }),
      network: realNetwork,
      allowLoopback,
      now: () => new Date(),
    }),
  );

const serving =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(png);

test('fetches a file byte for byte, with its content type', async () => {
  const url = await startFaultyNetwork(serving(200, { 'content-type': 'Image/PNG; charset=x' }));
  expect(await fetcher()(url, png.length)).toEqual({ outcome: 'fetched', bytes: png, mimeType: 'image/png' });
});

test('a file without a content type is application/octet-stream', async () => {
  const url = await startFaultyNetwork(serving(200));
  expect(await fetcher()(url, 100)).toMatchObject({ outcome: 'fetched', mimeType: 'application/octet-stream' });
});

test.for([{}, { 'content-length': String(png.length) }])('a file that is too large is failed (%j)', async (headers) => {
  const url = await startFaultyNetwork(serving(200, headers));
  expect(await fetcher()(url, png.length - 1)).toEqual({ outcome: 'failed', reason });
});

test.for([
  [404, 'failed'],
  [403, 'failed'],
  [204, 'failed'],
  [500, 'retry'],
  [503, 'retry'],
  [429, 'retry'],
] as const)('an answer of %i: %s', async ([status, outcome]) => {
  const url = await startFaultyNetwork((_, response) => response.writeHead(status).end());
  expect(await fetcher()(url, 100)).toEqual({ outcome, reason });
});

test('if nobody listens, the outcome is retry', async () => {
  expect(await fetcher()(await addressOfNobody(), 100)).toEqual({ outcome: 'retry', reason });
});

test.for([
  'http://169.254.169.254/metadata',
  'https://10.0.0.1/a.png',
  'https://localhost/a.png',
  'ftp://example.com/a',
  'x',
])('does not call the address %s', async (url) => {
  expect(await fetcher(false)(url, 100)).toEqual({ outcome: 'failed', reason });
});

test('does not follow a redirect into a private network', async () => {
  let called = 0;
  const inner = await startFaultyNetwork((_, response) => {
    called += 1;
    response.end(png);
  });
  const url = await startFaultyNetwork(serving(307, { location: inner }));
  expect(await fetcher()(url, 100)).toMatchObject({ outcome: 'failed' });
  expect(called).toBe(0);
});
