import { describe, expect, test } from 'vitest';

import { createAddressRule } from '../../../src/outgoing/address-rule.ts';

const rule = createAddressRule({ allowLoopback: false, allowedHosts: [] });
const localRule = createAddressRule({ allowLoopback: true, allowedHosts: [] });

const privateAddress = 'must not point to an address in a private network';
const privateHost = 'must not point to a host in a private network';
const notFull = 'must name its host in full, as in example.com';
const notAbsolute = 'must be an absolute https address';
const notHttps = 'must be an https address';
const credentials = 'must not contain a user name or a password';
const characters = 'must not contain spaces, backslashes or characters outside ASCII';

const longest = `https://example.com/${'a'.repeat(1980)}`;

describe('a rule for any public host', () => {
  test.each([
    'https://prod-01.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sp=%2Ftriggers&sig=a%2Bb',
    'https://example.com',
    'https://example.com?x',
    'HTTPS://EXAMPLE.COM./',
    'https://a_b.example.com/',
    'https://xn--ty-gka.example.com/',
    'https://example.com:8443/#fragment',
    'https://example.com/a@b:c//..%00<>"`{|}^',
    'https://8.8.8.8/',
    'https://[2603:1030::1]/',
    'https://localhost.example.com/',
    'https://internal.example.com/',
    'https://10.0.0.1.example.com/',
    longest,
  ])('takes %s', (url) => {
    expect({ rule: rule(url), localRule: localRule(url) }).toEqual({ rule: undefined, localRule: undefined });
  });

  test.each([
    ['', notAbsolute],
    ['example.com', notAbsolute],
    ['/path', notAbsolute],
    ['//example.com/', notAbsolute],
    ['https:', notAbsolute],
    ['https://', notAbsolute],
    ['https:example.com', notAbsolute],
    ['https:/example.com', notAbsolute],
    ['https:///example.com', notAbsolute],
    ['https://?example.com', notAbsolute],
    ['https://example.com:65536/', notAbsolute],
    ['https://exa%mple.com/', notAbsolute],
    ['https://[fe80::1%25eth0]/', notAbsolute],
    ['https://[::1/', notAbsolute],
    ['https://1.2.3.4.5/', notAbsolute],
    ['ftp://example.com/', notAbsolute],
    ['file:///etc/passwd', notAbsolute],
    ['javascript:alert(1)', notAbsolute],
    ['data:text/plain,x', notAbsolute],
    ['gopher://example.com/', notAbsolute],
    ['http://example.com/', notHttps],
    ['http://10.0.0.1/', notHttps],
    ['http://localhost.example.com/', notHttps],
    ['https://user@example.com/', credentials],
    ['https://user:secret@example.com/', credentials],
    ['https://@example.com/', credentials],
    ['https://:@example.com/', credentials],
    ['https://example.com@10.0.0.1/', credentials],
    [String.raw`https://example.com\@10.0.0.1/`, characters],
    [String.raw`https:\\example.com/`, characters],
    [String.raw`https://example.com/a\b`, characters],
    [' https://example.com/', characters],
    ['https://example.com/ ', characters],
    ['https://example.com/a b', characters],
    ['https://example.com/\t', characters],
    ['https://exam\nple.com/', characters],
    ['https://example.com/\r\nHost: x', characters],
    ['https://example.com/\0', characters],
    ['https://example.com/\u007F', characters],
    ['https://työ.example.com/', characters],
    ['https://１２７.0.0.1/', characters],
    ['https://example。com/', characters],
    ['https://example.com/ä', characters],
    [`${longest}a`, 'must be at most 2,000 characters long'],
    ['https://intranet/', notFull],
    ['https://intranet./', notFull],
    ['https://example..com/', notFull],
    ['https://example.com../', notFull],
    ['https://.example.com/', notFull],
    ['https://a*b.example.com/', notFull],
    ['https://local.host.localhost/', privateHost],
    ['https://printer.local/', privateHost],
    ['https://metadata.google.internal/', privateHost],
    ['https://METADATA.google.INTERNAL./', privateHost],
    ['https://internal/', privateHost],
  ])('refuses %j: it %s', (url, reason) => {
    expect({ rule: rule(url), localRule: localRule(url) }).toEqual({ rule: reason, localRule: reason });
  });

  // Each host with https, which the rule of a local run refuses too.
  test.each([
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0X7F.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.0x1',
    '%31%32%37.0.0.1',
    '%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '167772161',
    '012.1',
    '172.16.0.1',
    '192.168.1.1',
    '0xc0a80101',
    '100.64.0.1',
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    '168.63.129.16',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
  ])('refuses the private address %s', (host) => {
    for (const url of [`https://${host}/x`, `https://${host}:8443`]) {
      expect({ rule: rule(url), localRule: localRule(url) }).toEqual({
        rule: privateAddress,
        localRule: privateAddress,
      });
    }
  });
});

describe('a rule for a local run', () => {
  test.each([
    'http://127.0.0.1:8080/hook?x=%2F',
    'http://127.1.2.3/',
    'http://0x7f.1:8080/',
    'http://[::1]:8080/',
    'http://localhost:8080/',
    'http://LOCALHOST./',
  ])('allows %s, which other rules refuse', (url) => {
    expect({ rule: rule(url), localRule: localRule(url) }).toEqual({ rule: notHttps, localRule: undefined });
  });

  test.each([
    ['https://localhost:8443/', privateHost],
    ['http://x.localhost/', notHttps],
    ['http://localhost.localdomain/', notHttps],
    ['http://user@localhost/', credentials],
    ['http://10.0.0.1/', notHttps],
    ['http://192.168.1.1/', notHttps],
    ['http://169.254.169.254/', notHttps],
    ['http://0.0.0.0/', notHttps],
    ['http://[::ffff:127.0.0.1]/', notHttps],
  ])('still refuses %s: it %s', (url, reason) => {
    expect(localRule(url)).toBe(reason);
  });
});

describe('a rule with a list of hosts', () => {
  const allowedHosts = ['logic.azure.com', '.Environment.API.powerplatform.com.'];
  const listed = createAddressRule({ allowLoopback: true, allowedHosts });
  const notListed =
    'must be on one of these hosts or their subdomains: logic.azure.com, environment.api.powerplatform.com';

  test.each([
    'https://logic.azure.com/',
    'https://x.logic.azure.com/',
    'https://prod-01.westeurope.logic.azure.com:443/workflows',
    'https://X.LOGIC.Azure.com./',
    'https://a.environment.api.powerplatform.com/',
  ])('takes %s', (url) => {
    expect(listed(url)).toBeUndefined();
  });

  test.each([
    ['https://evillogic.azure.com/', notListed],
    ['https://azure.com/', notListed],
    ['https://logic.azure.com.evil.com/', notListed],
    ['https://evil.com/logic.azure.com', notListed],
    ['https://evil.com?x.logic.azure.com', notListed],
    ['https://evil.com#.logic.azure.com', notListed],
    ['https://8.8.8.8/', notListed],
    ['http://localhost/', notListed],
    ['http://127.0.0.1:8080/', notListed],
    ['http://x.logic.azure.com/', notHttps],
    ['https://x.logic.azure.com@evil.com/', credentials],
    ['https://10.0.0.1/', privateAddress],
  ])('refuses %s: it %s', (url, reason) => {
    expect(listed(url)).toBe(reason);
  });
});

test('the rule sets the maximum length of an address', () => {
  const long = createAddressRule({ allowLoopback: false, allowedHosts: [], lengthLimit: 8_000 });
  const address = (length: number): string => `https://example.com/?${'x'.repeat(length - 21)}`;
  expect([long(address(8_000)), rule(address(2_000))]).toEqual([undefined, undefined]);
  expect(long(address(8_001))).toBe('must be at most 8,000 characters long');
  expect(rule(address(2_001))).toBe('must be at most 2,000 characters long');
});

test('a rule can allow plain http, but not into a private network', () => {
  const plain = createAddressRule({ allowLoopback: false, allowedHosts: [], allowHttp: true });
  expect([plain('http://example.com/dlr?a=1'), plain('https://example.com/')]).toEqual([undefined, undefined]);
  expect(plain('http://10.0.0.1/')).toBe(privateAddress);
  expect(plain('http://169.254.169.254/metadata')).toBe(privateAddress);
  expect(plain('http://printer.internal/')).toBe(privateHost);
  expect(plain('http://localhost:8080/')).toBe(privateHost);
  expect(plain('ftp://example.com/')).toBe(notAbsolute);
});
