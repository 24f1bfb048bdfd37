import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTokenIssuer, type TokenIssuer } from '../../../src/local/token-issuer.ts';

const now = new Date('2026-11-23T10:00:00.700Z');
const issuedAt = Date.parse('2026-11-23T10:00:00Z') / 1000;
const options = {
  port: 0,
  audience: 'api://smartdialog',
  defaultClaims: { sub: 'demo', name: 'Demo User', oid: 'demo-object', scope: 'Gateway.Send WhatsApp' },
  now: () => now,
};

async function start(change: Partial<Parameters<typeof startTokenIssuer>[0]> = {}): Promise<TokenIssuer> {
  const issuer = await startTokenIssuer({ ...options, ...change });
  onTestFinished(() => issuer.stop());
  return issuer;
}

const verify = (issuer: TokenIssuer, token: string, currentDate = now) =>
  jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUrl)), {
    issuer: issuer.issuer,
    audience: options.audience,
    algorithms: ['RS256'],
    currentDate,
  });

/** The claims of every access token. */
const common = (issuer: TokenIssuer) => ({
  iss: issuer.issuer,
  aud: 'api://smartdialog',
  tid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  azp: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  iat: issuedAt,
  nbf: issuedAt,
  exp: issuedAt + 3600,
  ver: '2.0',
});

async function requestToken(issuer: TokenIssuer, form: Record<string, string>) {
  const response = await fetch(`${issuer.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return [response.status, (await response.json()) as Record<string, string>] as const;
}

describe('issueToken', () => {
  test('signs a token that looks like one of Entra ID', async () => {
    const issuer = await start();
    const token = await issuer.issueToken({ sub: 'u1', name: 'Maija', scope: 'Gateway.Send Discussion.Reply' });
    const { payload, protectedHeader } = await verify(issuer, token);
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) as string });
    expect(payload).toEqual({
      ...common(issuer),
      sub: 'u1',
      oid: 'u1',
      name: 'Maija',
      scp: 'Gateway.Send Discussion.Reply',
    });
  });

  test('copies further claims, which may replace its own', async () => {
    const issuer = await start();
    const token = await issuer.issueToken({ sub: 'u1', lifetimeSeconds: 60, tid: 't', oid: 'o', roles: ['Operator'] });
    const { payload } = await verify(issuer, token);
    expect(payload).toEqual({
      ...common(issuer),
      sub: 'u1',
      oid: 'o',
      tid: 't',
      roles: ['Operator'],
      exp: issuedAt + 60,
    });
  });

  test('tokens for another API, of the past and of another issuer are not valid', async () => {
    const issuer = await start();
    const other = await start();
    const elsewhere = await issuer.issueToken({ sub: 'u1', audience: 'api://another' });
    await expect(verify(issuer, elsewhere)).rejects.toThrow(errors.JWTClaimValidationFailed);
    const token = await issuer.issueToken({ sub: 'u1' });
    await expect(verify(issuer, token, new Date(now.getTime() + 3_600_000))).rejects.toThrow(errors.JWTExpired);
    await expect(verify(issuer, await issuer.issueToken({ sub: 'u1', lifetimeSeconds: -1 }))).rejects.toThrow(
      errors.JWTExpired,
    );
    await expect(verify(other, token)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });
});

describe('the endpoints', () => {
  test('discovery names the issuer and its key set, which has no private part', async () => {
    const issuer = await start();
    const discovered = await fetch(`${issuer.issuer}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({
      issuer: issuer.issuer,
      jwks_uri: issuer.jwksUrl,
      token_endpoint: `${issuer.issuer}/token`,
      authorization_endpoint: `${issuer.issuer}/authorize`,
    });
    expect(issuer.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const keys = await fetch(issuer.jwksUrl);
    const text = expect.any(String) as string;
    expect(await keys.json()).toEqual({
      keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: text, n: text, e: 'AQAB' }],
    });
  });

  test.for([
    [{}, 'Gateway.Send WhatsApp'],
    [{ scope: 'api://smartdialog/.default' }, 'Gateway.Send WhatsApp'],
    [{ scope: 'openid offline_access' }, 'Gateway.Send WhatsApp'],
    [
      { scope: 'api://smartdialog/Group.Management openid api://smartdialog/Gateway.Send' },
      'Group.Management Gateway.Send',
    ],
    [{ scope: 'WhatsApp', aud: 'api://another' }, 'WhatsApp'],
  ] as const)('a client gets a token of the demo user: %j', async ([form, scp]) => {
    const issuer = await start();
    const [status, answer] = await requestToken(issuer, { grant_type: 'client_credentials', ...form });
    expect(status).toBe(200);
    const { payload } = await verify(issuer, answer['access_token'] ?? '');
    expect(payload).toEqual({ ...common(issuer), sub: 'demo', oid: 'demo-object', name: 'Demo User', scp });
  });

  test('a sign-in gives an access token and an identity token of the demo user', async () => {
    const issuer = await start();
    const signIn = new URLSearchParams({
      response_type: 'code',
      client_id: 'c',
      redirect_uri: 'http://127.0.0.1:9/back',
      scope: 'openid Gateway.Send',
      state: 's',
      nonce: 'n',
    });
    const redirect = await fetch(`${issuer.issuer}/authorize?${signIn.toString()}`, { redirect: 'manual' });
    const back = new URL(redirect.headers.get('location') ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual(['http://127.0.0.1:9/back', 's']);

    const [, answer] = await requestToken(issuer, {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      client_id: 'c',
    });
    const access = await verify(issuer, answer['access_token'] ?? '');
    const demo = { sub: 'demo', oid: 'demo-object', name: 'Demo User' };
    expect(access.payload).toEqual({ ...common(issuer), ...demo, scp: 'Gateway.Send WhatsApp' });
    const keys = createRemoteJWKSet(new URL(issuer.jwksUrl));
    const identity = await jwtVerify(answer['id_token'] ?? '', keys, { audience: 'c', currentDate: now });
    expect(identity.payload).toEqual({ ...common(issuer), ...demo, aud: 'c', nonce: 'n' });
  });
});

describe('the key file', () => {
  test('keeps tokens valid over a restart, and is readable by its owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-issuer-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const keyFile = join(folder, 'new', 'key.json');
    const before = await startTokenIssuer({ ...options, keyFile });
    const token = await before.issueToken({ sub: 'u1' });
    const { port } = new URL(before.issuer);
    await before.stop();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);

    const after = await start({ keyFile, port: Number(port) });
    expect((await verify(after, token)).payload.sub).toBe('u1');
  });

  test('is refused if it holds no key', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-issuer-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const keyFile = join(folder, 'key.json');
    for (const content of ['', '{', '{}', '{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}']) {
      await writeFile(keyFile, content);
      await expect(startTokenIssuer({ ...options, keyFile })).rejects.toThrow(
        `${keyFile} holds no valid private key. Remove the file to get a new key.`,
      );
    }
  });
});
