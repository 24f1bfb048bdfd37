import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSimulatedCarrier } from '../../../../src/carriers/simulated/index.ts';
import { eventually } from '../../../support/tools/eventually.ts';
import {
  inboundCalls,
  networkKey,
  networkSecret,
  startNetwork,
  type Network,
} from '../../../support/servers/simulated-network.ts';
import { startWebhookReceiver } from '../../../support/servers/webhook-receiver.ts';

const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x00, 0xff]);

async function startReceiver() {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.stop());
  return receiver;
}

/** Plays an inbound message with these files, and returns their announced ids. */
async function playFiles(network: Network, receiver: Awaited<ReturnType<typeof startReceiver>>, ...names: string[]) {
  const attachments = names.map((name) => ({ name, mimeType: 'image/png', content: bytes.toString('base64') }));
  await network.write({ protocol: 'MMS', attachments });
  return eventually(() => {
    const ids = inboundCalls(receiver)
      .flat()
      .flatMap(({ attachments: announced }) => (announced as { id: string }[]).map(({ id }) => id));
    expect(ids).toHaveLength(names.length);
    return ids;
  });
}

const get = (network: Network, id: string, authorization = `Bearer ${networkKey}`): Promise<Response> =>
  fetch(`${network.url}/media/${id}`, { headers: { authorization } });

describe('GET /media', () => {
  test('returns the bytes with their type, also after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulated-carrier-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'state.jsonl');
    const receiver = await startReceiver();
    const before = await startNetwork({ inboundUrl: receiver.url, stateFile });
    const [id = ''] = await playFiles(before, receiver, 'photo.png');
    const read = async (network: Network) => {
      const response = await get(network, id);
      return [response.status, response.headers.get('content-type'), Buffer.from(await response.arrayBuffer())];
    };
    expect(await read(before)).toEqual([200, 'image/png', bytes]);
    await before.stop();
    expect(await read(await startNetwork({ stateFile }))).toEqual([200, 'image/png', bytes]);
  });

  test('fails if the name asks for it', async () => {
    const receiver = await startReceiver();
    const network = await startNetwork({ inboundUrl: receiver.url });
    const names = ['Unavailable.png', 'a-flaky-one.png', 'flaky', 'LOST.png', 'photo.png'];
    const ids = await playFiles(network, receiver, ...names);
    const statuses = async () => Promise.all(ids.map(async (id) => (await get(network, id)).status));
    expect(await statuses()).toEqual([503, 503, 503, 404, 200]);
    expect(await statuses()).toEqual([503, 200, 200, 404, 200]);
    expect(await statuses()).toEqual([503, 200, 200, 404, 200]);
  });

  test.each(['', 'Bearer', 'Bearer ', `Bearer ${networkKey}x`, networkKey, `Basic ${networkKey}`])(
    'refuses the key %j',
    async (authorization) => {
      const receiver = await startReceiver();
      const network = await startNetwork({ inboundUrl: receiver.url });
      const [id = ''] = await playFiles(network, receiver, 'flaky.png');
      for (const media of [id, 'unknown']) {
        const response = await get(network, media, authorization);
        expect([response.status, await response.json()]).toEqual([
          401,
          { code: 'Unauthorised', message: 'The Authorization header must be Bearer and the API key.' },
        ]);
      }
      // A refused call does not count as a try.
      expect((await get(network, id)).status).toBe(503);
    },
  );

  test.each(['unknown', 'sim-media-1', '__proto__'])('answers 404 for the unknown id %s', async (id) => {
    const response = await get(await startNetwork(), id);
    expect([response.status, await response.json()]).toEqual([
      404,
      { code: 'NotFound', message: `There is no attachment ${id}.` },
    ]);
  });
});

describe('fetchAttachment', () => {
  const options = {
    url: 'http://carrier.example/base/',
    apiKey: 'key',
    webhookSecret: networkSecret,
    reportUrl: 'https://app.example/hook',
  };
  const fetchWith = (answer: typeof fetch, limit = 8) =>
    createSimulatedCarrier({ ...options, fetch: answer }).attachments.fetchAttachment('a/b?c', limit);
  const answering = (response: Response, limit?: number) => fetchWith(() => Promise.resolve(response), limit);

  test('makes one call with the key, and does not follow redirects', async () => {
    const calls: unknown[] = [];
    await fetchWith((url, init) => {
      calls.push({ url, init });
      return Promise.resolve(new Response(bytes));
    });
    expect(calls).toEqual([
      {
        url: 'http://carrier.example/base/media/a%2Fb%3Fc',
        init: {
          method: 'GET',
          headers: { authorization: 'Bearer key' },
          redirect: 'manual',
          signal: expect.any(AbortSignal) as AbortSignal,
        },
      },
    ]);
  });

  test.each([
    ['image/png', 'image/png'],
    ['text/plain; charset=utf-8', 'text/plain'],
    ['text/plain ;x', 'text/plain'],
    ['', 'application/octet-stream'],
    [undefined, 'application/octet-stream'],
  ])('reads the content type %j as %s', async (contentType, mimeType) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    expect(await answering(new Response(bytes, { headers }))).toEqual({ outcome: 'fetched', bytes, mimeType });
  });

  test('accepts an empty attachment', async () => {
    expect(await answering(new Response(null), 0)).toEqual({
      outcome: 'fetched',
      bytes: Buffer.alloc(0),
      mimeType: 'application/octet-stream',
    });
  });

  test.each([
    [404, 'failed'],
    [410, 'failed'],
    [204, 'retry'],
    [206, 'retry'],
    [302, 'retry'],
    [400, 'retry'],
    [401, 'retry'],
    [403, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ] as const)('the answer %i has the outcome %s, and its body is cancelled', async (status, outcome) => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    const response = new Response(status === 204 ? null : body, { status });
    expect(await answering(response)).toEqual({ outcome, reason: `The carrier answered ${status}.` });
    expect(cancelled).toBe(status !== 204);
  });

  test.each<[string, Record<string, string>, number]>([
    ['with the true length in its header', { 'content-length': '9' }, 0],
    ['without a length', {}, 3],
    ['with a smaller length than its size', { 'content-length': '2' }, 3],
  ])('fails an attachment that is one byte too large, and stops reading: %s', async (_, headers, piecesRead) => {
    let pieces = 0;
    let cancelled = false;
    // An endless body in pieces of four bytes, each made only when it is read.
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pieces += 1;
          controller.enqueue(new Uint8Array(4));
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    expect(await answering(new Response(body, { headers }), 8)).toEqual({
      outcome: 'failed',
      reason: 'The attachment is larger than 8 bytes.',
    });
    expect([pieces, cancelled]).toEqual([piecesRead, true]);
  });

  test.each<[unknown, string]>([
    [new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }), "The carrier can't be reached: ECONNREFUSED"],
    [new DOMException('…', 'TimeoutError'), 'The carrier did not answer in time.'],
    ['trouble', "The carrier can't be reached: trouble"],
  ])('retries after %s', async (trouble, reason) => {
    const retry = { outcome: 'retry', reason };
    expect(await fetchWith(() => Promise.reject(trouble))).toEqual(retry);
    expect(
      await fetchWith(() => {
        throw trouble as Error;
      }),
    ).toEqual(retry);
    // The same while the body is read.
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        controller.error(trouble);
      },
    });
    expect(await answering(new Response(broken))).toEqual(retry);
  });
});
