import { describe, expect, test } from 'vitest';

import { createAddressRule } from '../../../src/outgoing/address-rule.ts';
import { createCallbackCaller } from '../../../src/outgoing/callback-caller.ts';
import { createGuardedClient } from '../../../src/outgoing/guarded-client.ts';
import { createRecordingNetwork } from '../../support/fakes/recording-network.ts';
import type { RecordingNetwork } from '../../support/fakes/recording-network.ts';

const publicIp = '93.184.215.14';
const otherIp = '2603:1030::14';

const codedError = (code: string) => Object.assign(new Error(`${code} https://example.com/?sig=secret`), { code });

interface Options {
  allowLoopback?: boolean;
  allowedHosts?: readonly string[];
}

const callerOn = (network: RecordingNetwork, { allowLoopback = false, allowedHosts = [] }: Options = {}) =>
  createCallbackCaller(
    createGuardedClient({
      rule: createAddressRule({ allowLoopback, allowedHosts }),
      network,
      allowLoopback,
      now: () => new Date(),
    }),
  );

/** Calls an address, and returns the outcome with the calls to the network. */
async function call(
  url: string,
  answers: Parameters<typeof createRecordingNetwork>[0] = [[publicIp]],
  options?: Options,
) {
  const network = createRecordingNetwork(answers);
  const outcome = await callerOn(network, options).call({ url, method: 'POST', body: '{}' });
  return { outcome, lookups: network.lookups, dialled: network.dialled };
}

const refused = (reason: string) => ({ outcome: 'refused', reason });
const failed = (reason: string) => ({ outcome: 'failed', reason });
const privateNetwork = refused('The host resolves to an address in a private network.');
const connectionRefused = failed('The host refused the connection.');

describe('an address that the rule refuses', () => {
  test.each([
    ['https://127.0.0.1/', 'must not point to an address in a private network'],
    ['https://127.1/', 'must not point to an address in a private network'],
    ['https://2130706433/', 'must not point to an address in a private network'],
    ['https://0x7f.1/', 'must not point to an address in a private network'],
    ['https://017700000001/', 'must not point to an address in a private network'],
    ['https://10.0.0.1/', 'must not point to an address in a private network'],
    ['https://0xa9fea9fe/latest/meta-data', 'must not point to an address in a private network'],
    ['https://169.254.169.254/metadata/identity', 'must not point to an address in a private network'],
    ['https://168.63.129.16/', 'must not point to an address in a private network'],
    ['https://[::1]/', 'must not point to an address in a private network'],
    ['https://[::ffff:10.0.0.1]/', 'must not point to an address in a private network'],
    ['https://[64:ff9b::a00:1]/', 'must not point to an address in a private network'],
    ['https://[fe80::1]/', 'must not point to an address in a private network'],
    ['https://localhost/', 'must not point to a host in a private network'],
    ['https://intranet/', 'must name its host in full, as in example.com'],
    ['https://metadata.google.internal/', 'must not point to a host in a private network'],
    ['http://example.com/', 'must be an https address'],
    ['https://user:secret@example.com/', 'must not contain a user name or a password'],
    ['https://työ.example.com/', 'must not contain spaces, backslashes or characters outside ASCII'],
    [String.raw`https://example.com\@10.0.0.1/`, 'must not contain spaces, backslashes or characters outside ASCII'],
    ['file:///etc/passwd', 'must be an absolute https address'],
  ])('is neither looked up nor called: %s', async (url, reason) => {
    expect(await call(url)).toEqual({ outcome: refused(`The address ${reason}.`), lookups: [], dialled: [] });
  });

  test('is refused if its host is not in the list', async () => {
    const options = { allowedHosts: ['logic.azure.com'] };
    const reason = 'The address must be on one of these hosts or their subdomains: logic.azure.com.';
    for (const host of ['evillogic.azure.com', 'logic.azure.com.evil.com']) {
      expect(await call(`https://${host}/`, [[publicIp]], options)).toEqual({
        outcome: refused(reason),
        lookups: [],
        dialled: [],
      });
    }
    expect((await call('https://x.logic.azure.com/', [[publicIp]], options)).outcome).toEqual(connectionRefused);
  });
});

describe('a name that resolves', () => {
  test.each([
    ['to a private address', ['10.0.0.1']],
    ['to this machine', ['127.0.0.1']],
    ['to this machine by IPv6', ['::1']],
    ['to a metadata service', ['169.254.169.254']],
    ['to the platform of Azure', ['168.63.129.16']],
    ['to a mapped address', ['::ffff:10.0.0.1']],
    ['to a NAT64 address', ['64:ff9b::a00:1']],
    ['to a link-local address with a zone', ['fe80::1%eth0']],
    ['to a public and a private address', [publicIp, '10.0.0.1']],
    ['to a private and a public address', ['fd00::1', publicIp]],
    ['to something that is not an address', ['example.com']],
  ])('%s is not called', async (_name, addresses) => {
    const refusal = { outcome: privateNetwork, lookups: ['example.com'], dialled: [] };
    expect(await call('https://example.com/', [addresses])).toEqual(refusal);
    expect(await call('https://example.com/', [addresses], { allowLoopback: true })).toEqual(refusal);
  });

  test('to public addresses is called at each address until one accepts', async () => {
    expect(await call('https://Example.com.:8443/x', [[publicIp, otherIp]])).toEqual({
      outcome: connectionRefused,
      lookups: ['example.com'],
      dialled: [publicIp, otherIp].map((address) => ({
        address,
        port: 8443,
        tls: { servername: 'example.com' },
      })),
    });
  });

  test('to another address at each look-up is called at the address that was checked', async () => {
    const network = createRecordingNetwork([[publicIp], ['10.0.0.1']]);
    const caller = callerOn(network);
    const request = { url: 'https://example.com/', method: 'POST', body: '{}' } as const;
    const dialled = [{ address: publicIp, port: 443, tls: { servername: 'example.com' } }];
    expect(await caller.call(request)).toEqual(connectionRefused);
    expect({ lookups: network.lookups, dialled: network.dialled }).toEqual({ lookups: ['example.com'], dialled });
    expect(await caller.call(request)).toEqual(privateNetwork);
    expect(network.dialled).toEqual(dialled);
  });

  test.each([
    ['ENOTFOUND', 'The host was not found.'],
    ['EAI_AGAIN', 'The host could not be looked up.'],
    ['ESERVFAIL', 'The host could not be looked up.'],
    ['EREFUSED', 'The call failed (EREFUSED).'],
  ])('to %s fails', async (code, reason) => {
    expect(await call('https://example.com/?sig=secret', [codedError(code)])).toEqual({
      outcome: failed(reason),
      lookups: ['example.com'],
      dialled: [],
    });
  });

  test('to no address fails', async () => {
    expect(await call('https://example.com/', [[]])).toEqual({
      outcome: failed('The host was not found.'),
      lookups: ['example.com'],
      dialled: [],
    });
  });
});

describe('an IP address', () => {
  test.each([
    ['https://93.184.215.14/', publicIp],
    ['https://0x5db8d70e/', publicIp],
    ['https://[2603:1030:0::14]/', otherIp],
  ])('is called without a look-up and without a server name: %s', async (url, address) => {
    expect(await call(url)).toEqual({
      outcome: connectionRefused,
      lookups: [],
      dialled: [{ address, port: 443, tls: {} }],
    });
  });
});

describe('a local run', () => {
  const local = { allowLoopback: true };

  test('calls this machine with plain http', async () => {
    expect(await call('http://localhost:8080/', [['::1', '127.0.0.1']], local)).toEqual({
      outcome: connectionRefused,
      lookups: ['localhost'],
      dialled: ['::1', '127.0.0.1'].map((address) => ({ address, port: 8080, tls: undefined })),
    });
    expect(await call('http://[::1]/', [], local)).toEqual({
      outcome: connectionRefused,
      lookups: [],
      dialled: [{ address: '::1', port: 80, tls: undefined }],
    });
  });

  test('calls no other machine with plain http, whatever localhost resolves to', async () => {
    for (const addresses of [[publicIp], ['127.0.0.1', publicIp], ['10.0.0.1'], ['::ffff:127.0.0.1']]) {
      expect(await call('http://localhost/', [addresses], local)).toEqual({
        outcome: privateNetwork,
        lookups: ['localhost'],
        dialled: [],
      });
    }
  });

  test('requires allowLoopback of the client and not only of the rule', async () => {
    const network = createRecordingNetwork([['127.0.0.1']]);
    const client = createGuardedClient({
      rule: () => undefined,
      network,
      allowLoopback: false,
      now: () => new Date(),
    });
    for (const url of ['http://localhost/', 'http://127.0.0.1/', 'https://10.0.0.1/']) {
      expect(await client.request({ url, method: 'GET' })).toEqual(privateNetwork);
    }
    expect(await client.request({ url: 'nonsense', method: 'GET' })).toEqual(
      refused('The address is not an absolute address.'),
    );
    expect(network.dialled).toEqual([]);
  });
});
