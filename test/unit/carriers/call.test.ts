import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { callCarrier, failureOfNoAnswer } from '../../../src/carriers/call.ts';
import { carrierTimeoutMs } from '../../../src/create-carriers.ts';
import { createCertificate } from '../../support/tools/certificate.ts';
import { startWebhookReceiver } from '../../support/servers/webhook-receiver.ts';

const http = { fetch, timeoutMs: 5_000 };

/** The failure of a call without an answer. */
async function failureOf(url: string, headers: Record<string, string> = {}) {
  const error = await callCarrier(http, url, { method: 'POST', headers, body: 'x' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return failureOfNoAnswer(error, { idempotent: false });
}

describe('a call that never left', () => {
  test.for([
    ['to a port that fetch never calls', 'http://127.0.0.1:6000/'],
    ['to a port where nobody listens', 'http://127.0.0.1:2/'],
    ['to a host that does not exist', 'http://nobody.invalid/'],
  ] as const)('%s may be repeated with another carrier', async ([, url]) => {
    expect(await failureOf(url)).toMatchObject({
      outcome: 'retry',
      reason: 'carrierUnavailable',
      code: 'CarrierUnreachable',
    });
  });

  test.for(['to\nken', 'to\0ken', 'to…ken', 'токен'])(
    'with the password %j is not in doubt, and the failure does not contain the password',
    async (password) => {
      const receiver = await startWebhookReceiver();
      try {
        const failure = await failureOf(receiver.url, { authorization: `Bearer ${password}` });
        expect(failure).toEqual({
          outcome: 'retry',
          reason: 'carrierSettings',
          code: 'CarrierMisconfigured',
          message: 'A setting of the carrier contains a character that a header must not have.',
        });
        expect(receiver.calls).toEqual([]);
      } finally {
        await receiver.stop();
      }
    },
  );
});

test('a call that was sent and got no answer is in doubt', async () => {
  const receiver = await startWebhookReceiver(() => 'drop');
  try {
    expect(await failureOf(receiver.url)).toMatchObject({ outcome: 'unknown', reason: 'inDoubt' });
    expect(receiver.calls).toHaveLength(1);
  } finally {
    await receiver.stop();
  }
});

test('an untrusted certificate fails the call before anything is sent, so another carrier may be called', async () => {
  let requests = 0;
  const { cert, key } = createCertificate('localhost');
  const server = createServer({ cert, key }, (_, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await failureOf(`https://localhost:${port}/`)).toMatchObject({
    outcome: 'retry',
    reason: 'carrierUnavailable',
  });
  expect(requests).toBe(0);
});

test('the app waits longer than fetch does for a connection; otherwise a missing connection would look like a lost answer', () => {
  expect(carrierTimeoutMs).toBeGreaterThan(10_000);
});
