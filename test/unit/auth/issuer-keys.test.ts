import { SignJWT } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import type { IssuerKeysOptions } from '../../../src/auth/issuer-keys.ts';
import { createTokenVerifier } from '../../../src/auth/verify-token.ts';
import type { TokenVerifier } from '../../../src/auth/verify-token.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createSigningKey, publishing, startKeyServer } from '../../support/servers/key-server.ts';
import type { KeyServer, SigningKey } from '../../support/servers/key-server.ts';

const issuer = 'https://issuer.example/v2.0';
const audience = 'api://smartdialog';

let first: SigningKey;
let second: SigningKey;

beforeAll(async () => {
  [first, second] = await Promise.all([createSigningKey('key-1', 'RS256'), createSigningKey('key-2', 'RS256')]);
});

/** Makes the Authorization header with a good token that is signed with a key. */
async function bearer({ alg, kid, privateKey }: SigningKey): Promise<string> {
  const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'subject', oid: 'demo-user', exp: 2_000_000_000 })
    .setProtectedHeader({ alg, kid })
    .sign(privateKey);
  return `Bearer ${token}`;
}

/** Starts a key server that stops at the end of the test. */
async function ownServer(...given: Parameters<typeof startKeyServer>): Promise<KeyServer> {
  const own = await startKeyServer(...given);
  onTestFinished(() => own.stop());
  return own;
}

function verifierFor({ url }: Pick<KeyServer, 'url'>, options: Partial<IssuerKeysOptions> = {}): TokenVerifier {
  const issuers = [{ issuer, audiences: [audience], jwksUrl: url }];
  return createTokenVerifier({ issuers, clientIds: [] }, { now: () => testNow, ...options });
}

const demoUser = { userId: 'demo-user' };
const refused = { code: 'Unauthenticated', status: 401 };
const unknownKey = {
  ...refused,
  message: expect.stringContaining('the token is signed with an unknown key') as string,
};
const unavailable = {
  code: 'Unavailable',
  status: 503,
  message: 'The issuer of access tokens is not available at the moment. Try again later.',
  headers: { 'Retry-After': '5' },
};

test('keys are fetched when they are first needed, and kept', async () => {
  const own = await ownServer(publishing(first.publicJwk));
  const verify = verifierFor(own);
  await expect(verify('Bearer x')).rejects.toMatchObject(refused);
  await expect(verify(null)).rejects.toMatchObject(refused);
  expect(own.requests()).toBe(0);
  const token = await bearer(first);
  await Promise.all([1, 2, 3].map(() => verify(token)));
  await verify(token);
  expect(own.requests()).toBe(1);
});

describe('an issuer that changes its keys', () => {
  test('is asked for a key that is new', async () => {
    const own = await ownServer(publishing(first.publicJwk));
    const verify = verifierFor(own, { cooldownMs: 0 });
    expect(await verify(await bearer(first))).toMatchObject(demoUser);
    own.answerWith(publishing(first.publicJwk, second.publicJwk));
    expect(await verify(await bearer(second))).toMatchObject(demoUser);
    expect(own.requests()).toBe(2);
  });

  test('is not asked again for each token that names an unknown key', async () => {
    const own = await ownServer(publishing(first.publicJwk));
    const verify = verifierFor(own);
    for (const kid of ['a', 'b', 'c', 'd']) {
      await expect(verify(await bearer({ ...second, kid }))).rejects.toMatchObject(unknownKey);
    }
    expect(own.requests()).toBe(1);
  });

  test('and withdraws one: the key is refused ten minutes later, without a restart', async () => {
    let time = testNow.getTime();
    const own = await ownServer(publishing(first.publicJwk, second.publicJwk));
    const verify = verifierFor(own, { now: () => new Date(time) });
    const [stays, goes] = [await bearer(first), await bearer(second)];
    expect(await verify(goes)).toMatchObject(demoUser);
    own.answerWith(publishing(first.publicJwk));
    time += 10 * 60_000 - 1;
    expect(await verify(goes)).toMatchObject(demoUser);
    expect(own.requests()).toBe(1);
    time += 1;
    await expect(verify(goes)).rejects.toMatchObject(unknownKey);
    expect(await verify(stays)).toMatchObject(demoUser);
    expect(own.requests()).toBe(2);
    time += 10 * 60_000;
    expect(await verify(stays)).toMatchObject(demoUser);
    expect(own.requests()).toBe(3);
  });
});

const badAnswers: [name: string, answer: Parameters<typeof startKeyServer>[0]][] = [
  ['an error', (response) => response.writeHead(500).end('{"keys":[]}')],
  ['nothing found', (response) => response.writeHead(404).end()],
  ['a page', (response) => response.end('<html>Welcome</html>')],
  ['other JSON', (response) => response.end('{"error":"none"}')],
  ['a list of no keys', (response) => response.end('{"keys":[5]}')],
  ['an answer that breaks off', (response) => response.destroy()],
  ['no answer', () => undefined],
];

describe('while the issuer is out of order', () => {
  test.each(badAnswers)(
    'and answers the first fetch with %s, callers get Unavailable, and the keys are fetched again',
    async (_, answer) => {
      const own = await ownServer(answer);
      const verify = verifierFor(own, { timeoutMs: 200 });
      const token = await bearer(first);
      await expect(verify(token)).rejects.toMatchObject(unavailable);
      own.answerWith(publishing(first.publicJwk));
      expect(await verifierFor(own)(token)).toMatchObject(demoUser);
      expect(await verify(token)).toMatchObject(demoUser);
    },
  );

  test('and can’t be reached for the first fetch, callers get Unavailable', async () => {
    const own = await startKeyServer(publishing());
    await own.stop();
    await expect(verifierFor(own)(await bearer(first))).rejects.toMatchObject(unavailable);
  });

  test.each(badAnswers)(
    'and answers a later fetch with %s, a known key still works, and any other is unknown',
    async (_, answer) => {
      let time = testNow.getTime();
      const own = await ownServer(publishing(first.publicJwk));
      const verify = verifierFor(own, { now: () => new Date(time), cooldownMs: 0, timeoutMs: 200 });
      expect(await verify(await bearer(first))).toMatchObject(demoUser);
      own.answerWith(answer);
      await expect(verify(await bearer(second))).rejects.toMatchObject(unknownKey);
      time += 60 * 60_000;
      expect(await verify(await bearer(first))).toMatchObject(demoUser);
      expect(own.requests()).toBe(3);
      own.answerWith(publishing(second.publicJwk));
      expect(await verify(await bearer(second))).toMatchObject(demoUser);
      await expect(verify(await bearer(first))).rejects.toMatchObject(unknownKey);
    },
  );
});
