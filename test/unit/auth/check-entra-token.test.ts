import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createEntraTokenCheck } from '../../../src/auth/check-entra-token.ts';
import { entraIssuers } from '../../../src/auth/trusted-issuers.ts';
import { createTokenVerifier } from '../../../src/auth/verify-token.ts';
import type { TokenVerifier } from '../../../src/auth/verify-token.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createSigningKey, publishing, startKeyServer } from '../../support/servers/key-server.ts';
import type { KeyServer, SigningKey } from '../../support/servers/key-server.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const secondTenant = '22222222-2222-4222-8222-222222222222';
const foreignTenant = '99999999-9999-4999-8999-999999999999';
const apiUri = 'api://33333333-3333-4333-8333-333333333333';
const apiId = '33333333-3333-4333-8333-333333333333';
const client = '44444444-4444-4444-8444-444444444444';
const nowInSeconds = testNow.getTime() / 1000;

let entra: { key: SigningKey; server: KeyServer };
let other: { key: SigningKey; server: KeyServer };
let authority: string;

beforeAll(async () => {
  // Both keys have the same id: the id alone must never choose the key.
  const keys = await Promise.all([createSigningKey('key-1', 'RS256'), createSigningKey('key-1', 'RS256')]);
  const servers = await Promise.all(keys.map(({ publicJwk }) => startKeyServer(publishing(publicJwk))));
  entra = { key: keys[0], server: servers[0] as KeyServer };
  other = { key: keys[1], server: servers[1] as KeyServer };
  authority = new URL(entra.server.url).origin;
});
afterAll(() => Promise.all([entra.server.stop(), other.server.stop()]));

const times = { iat: nowInSeconds - 10, nbf: nowInSeconds - 10, exp: nowInSeconds + 3_600 };

/** The claims of a person's token of version 1. */
const version1 = (): JWTPayload => ({
  ...times,
  iss: `https://sts.windows.net/${tenant}/`,
  aud: apiUri,
  tid: tenant,
  sub: 'pairwise',
  oid: 'aino',
  appid: client,
  scp: 'Gateway.Send User.Customers',
  ver: '1.0',
});

/** The claims of a person's token of version 2. */
const version2 = (): JWTPayload => {
  const { appid: _, ...rest } = version1();
  return { ...rest, iss: `${authority}/${tenant}/v2.0`, aud: apiId, azp: client, ver: '2.0' };
};

/** The claims of a token of another provider. */
const provider = 'https://id.example.com/realms/main';
const ofProvider = (): JWTPayload => ({ ...times, iss: provider, aud: 'smartdialog', sub: 'ville', scope: 'WhatsApp' });

async function bearer(claims: JWTPayload, { alg, kid, privateKey }: SigningKey = entra.key): Promise<string> {
  return `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey)}`;
}

function verifier(clientIds: readonly string[] = []): TokenVerifier {
  const issuers = [
    ...entraIssuers([tenant, secondTenant], [apiUri, apiId], authority),
    { issuer: provider, audiences: ['smartdialog'], jwksUrl: other.server.url },
  ];
  return createTokenVerifier({ issuers, clientIds }, { now: () => testNow });
}

const refusal = (reason: string) => ({
  code: 'Unauthenticated',
  status: 401,
  message: expect.stringContaining(reason) as string,
});

const versions: [string, () => JWTPayload][] = [
  ['version 1', version1],
  ['version 2', version2],
];

describe.each(versions)('a token of %s', (_, claims) => {
  test('names the caller, the application and the scopes', async () => {
    expect(await verifier()(await bearer(claims()))).toStrictEqual({
      userId: 'aino',
      clientId: client,
      scopes: ['Gateway.Send', 'User.Customers'],
      connection: JSON.stringify([tenant, 'pairwise', client]),
    });
  });

  test('may name the API by its URI or its client id, and by nothing else', async () => {
    const verify = verifier();
    for (const aud of [apiUri, apiId])
      expect(await verify(await bearer({ ...claims(), aud }))).toMatchObject({ userId: 'aino' });
    for (const aud of ['smartdialog', `${apiUri}/`, apiUri.toUpperCase(), '00000003-0000-0000-c000-000000000000']) {
      await expect(verify(await bearer({ ...claims(), aud }))).rejects.toMatchObject(refusal("the token's claim aud"));
    }
  });

  test('may be of any configured tenant, and of no other', async () => {
    const of = (id: string): JWTPayload => ({ ...claims(), tid: id, iss: claims().iss?.replace(tenant, id) ?? '' });
    expect(await verifier()(await bearer(of(secondTenant)))).toMatchObject({ userId: 'aino' });
    await expect(verifier()(await bearer(of(foreignTenant)))).rejects.toMatchObject(refusal("the token's claim iss"));
  });

  test.each([[foreignTenant], [secondTenant], [''], [undefined], [5]])(
    'is refused if its tenant is %j',
    async (tid) => {
      await expect(verifier()(await bearer({ ...claims(), tid }))).rejects.toMatchObject(
        refusal("the token's claim tid"),
      );
    },
  );

  test('is refused if its issuer is not at the configured sign-in address', async () => {
    for (const iss of [
      `https://login.microsoftonline.com/${tenant}/v2.0`,
      `${authority}/${tenant}/v2.0/`,
      `${authority}/${tenant}`,
      `https://sts.windows.net/${tenant}`,
      `${authority}/common/v2.0`,
    ]) {
      await expect(verifier()(await bearer({ ...claims(), iss }))).rejects.toMatchObject(
        refusal("the token's claim iss"),
      );
    }
  });

  test('must be issued to an allowed application, if some are configured', async () => {
    const token = await bearer(claims());
    expect(await verifier([client])(token)).toMatchObject({ clientId: client });
    expect(await verifier(['other', client])(token)).toMatchObject({ clientId: client });
    await expect(verifier(['other'])(token)).rejects.toMatchObject(refusal("the token's application"));
    const nobodys = await bearer({ ...claims(), azp: undefined, appid: undefined });
    expect(await verifier()(nobodys)).not.toHaveProperty('clientId');
    await expect(verifier([client])(nobodys)).rejects.toMatchObject(refusal("the token's application"));
  });

  test.each<[string, JWTPayload, string[]]>([
    [
      'an application’s roles, if its subject is its object id',
      { scp: undefined, roles: ['Gateway.Send', 5, 'WhatsApp'], sub: 'aino' },
      ['Gateway.Send', 'WhatsApp'],
    ],
    ['an application’s roles, if idtyp says so', { scp: undefined, roles: ['WhatsApp'], idtyp: 'app' }, ['WhatsApp']],
    ['a person without scopes, nothing by roles', { scp: undefined, roles: ['Gateway.Send'] }, []],
    ['an application without roles, nothing', { scp: undefined }, []],
    ['an application whose roles are a text, nothing', { scp: undefined, roles: 'Gateway.Send' }, []],
    ['a person’s scopes, not the roles', { scp: 'WhatsApp', roles: ['Gateway.Send'] }, ['WhatsApp']],
    ['a person with empty scopes, nothing by roles', { scp: '', roles: ['Gateway.Send'] }, []],
    ['a person by idtyp, nothing by roles', { scp: undefined, roles: ['Gateway.Send'], idtyp: 'user' }, []],
  ])('allows %s', async (__, change, scopes) => {
    expect((await verifier()(await bearer({ ...claims(), ...change }))).scopes).toEqual(scopes);
  });

  test('signed with the key of another issuer is refused', async () => {
    await expect(verifier()(await bearer(claims(), other.key))).rejects.toMatchObject(
      refusal("the token's form or signature"),
    );
  });
});

test('the keys of a tenant are fetched from its own address', () => {
  expect(entraIssuers([tenant], ['a'], 'https://login.example.com')).toStrictEqual(
    [`https://sts.windows.net/${tenant}/`, `https://login.example.com/${tenant}/v2.0`].map((issuer) => ({
      issuer,
      audiences: ['a'],
      tenantId: tenant,
      jwksUrl: `https://login.example.com/${tenant}/discovery/v2.0/keys`,
    })),
  );
});

describe('a token of another provider, beside those of Entra', () => {
  test('names the caller by its subject', async () => {
    expect(await verifier()(await bearer(ofProvider(), other.key))).toStrictEqual({
      userId: 'ville',
      scopes: ['WhatsApp'],
      connection: JSON.stringify([provider, 'ville', '']),
    });
  });

  test('must be for the audience of its provider, and signed with its keys', async () => {
    const verify = verifier();
    await expect(verify(await bearer({ ...ofProvider(), aud: apiUri }, other.key))).rejects.toMatchObject(
      refusal("the token's claim aud"),
    );
    await expect(verify(await bearer(ofProvider(), entra.key))).rejects.toMatchObject(
      refusal("the token's form or signature"),
    );
  });
});

describe('a call of an application that is not a user, such as Event Grid', () => {
  const role = 'AzureEventGridSecureWebhookSubscriber';
  const expected = { tenant, audience: apiId, role };
  const ofEventGrid = (): JWTPayload => ({
    ...times,
    iss: `${authority}/${tenant}/v2.0`,
    aud: apiId,
    tid: tenant,
    sub: 'service',
    oid: 'service',
    azp: client,
    roles: ['Another', role],
  });
  const check = () => createEntraTokenCheck(authority, { now: () => testNow });
  const tokenOf = async (claims: JWTPayload, key: SigningKey = entra.key): Promise<string> =>
    (await bearer(claims, key)).slice('Bearer '.length);

  test('is genuine if the tenant issued its token for our API', async () => {
    const isGenuine = check();
    expect(await isGenuine(await tokenOf(ofEventGrid()), expected)).toBe(true);
    expect(
      await isGenuine(await tokenOf({ ...ofEventGrid(), iss: `https://sts.windows.net/${tenant}/` }), expected),
    ).toBe(true);
  });

  test.for<[string, Partial<JWTPayload>]>([
    ['for another audience', { aud: apiUri }],
    ['without the role', { roles: ['Another'] }],
    ['of a person with the role', { sub: 'pairwise', scp: 'Gateway.Send' }],
    ['of another tenant', { tid: foreignTenant }],
    ['of another issuer', { iss: `https://sts.windows.net/${foreignTenant}/` }],
    ['that has expired', { exp: nowInSeconds - 120 }],
    ['that is not valid yet', { nbf: nowInSeconds + 120 }],
  ])('is not genuine with a token %s', async ([, claims]) => {
    expect(await check()(await tokenOf({ ...ofEventGrid(), ...claims }), expected)).toBe(false);
  });

  test.for(['', 'x', 'a.b.c', ' ', 'Bearer x'])('is not genuine with %j, which is not a token', async (token) => {
    expect(await check()(token, expected)).toBe(false);
  });

  test('is not genuine with a token that another key signed', async () => {
    expect(await check()(await tokenOf(ofEventGrid(), other.key), expected)).toBe(false);
  });

  test('rejects with Unavailable while the keys can’t be fetched, so that it is repeated', async () => {
    const unreachable = createEntraTokenCheck('http://127.0.0.1:9', { now: () => testNow });
    const token = await tokenOf({ ...ofEventGrid(), iss: `http://127.0.0.1:9/${tenant}/v2.0` });
    await expect(unreachable(token, expected)).rejects.toMatchObject({ code: 'Unavailable' });
  });
});
