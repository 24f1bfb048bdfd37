import { describe, expect, test } from 'vitest';

import { isForbiddenAddress, isLoopbackAddress } from '../../../src/outgoing/forbidden-addresses.ts';

describe('isForbiddenAddress', () => {
  // The first and the last address of each block.
  test.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '239.255.255.255'],
    ['240.0.0.0', '255.255.255.255'],
    ['168.63.129.16', '168.63.129.16'],
    ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('forbids %s to %s', (first, last) => {
    expect({ first: isForbiddenAddress(first), last: isForbiddenAddress(last) }).toEqual({ first: true, last: true });
  });

  test.each([
    ['loopback', '::1'],
    ['metadata service', '169.254.169.254'],
    ['metadata service of another cloud', 'fd00:ec2::254'],
    ['IPv4-mapped, private', '::ffff:10.0.0.1'],
    ['IPv4-mapped, public', '::ffff:8.8.8.8'],
    ['IPv4-mapped in hexadecimal', '::ffff:a00:1'],
    ['IPv4-compatible', '::10.0.0.1'],
    ['IPv4-translated', '::ffff:0:10.0.0.1'],
    ['NAT64', '64:ff9b::10.0.0.1'],
    ['local NAT64', '64:ff9b:1::10.0.0.1'],
    ['6to4', '2002:a00:1::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
    ['unique local', 'fc00::1'],
    ['link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['public with a zone', '2603:1030::1%eth0'],
    ['multicast', 'ff02::1'],
    ['empty', ''],
    ['a name', 'example.com'],
    ['with brackets', '[2603:1030::1]'],
    ['with a blank', ' 8.8.8.8'],
    ['a number', '134744072'],
    ['octal', '010.8.8.8'],
    ['hexadecimal', '0x8.8.8.8'],
    ['short', '8.8'],
    ['with a port', '8.8.8.8:80'],
  ])('forbids %s: %j', (_name, ip) => {
    expect(isForbiddenAddress(ip)).toBe(true);
  });

  // The addresses next to the blocks, on both sides.
  test.each([
    '1.0.0.0',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '168.63.129.17',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '191.255.255.255',
    '192.0.1.0',
    '192.0.3.0',
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '198.51.101.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
    '2000::',
    '2001:200::',
    '2001:db7:ffff::',
    '2001:db9::',
    '2003::',
    '2603:1030:0:0:0:0:0:1',
    '3ffe:ffff::',
    '3fff:1000::',
  ])('allows %s', (ip) => {
    expect(isForbiddenAddress(ip)).toBe(false);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.255.255.255', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['127.0.0.1.example.com', false],
  ['127.1', false],
  ['::ffff:127.0.0.1', false],
  ['localhost', false],
  ['', false],
])('isLoopbackAddress(%j) is %j', (ip, expected) => {
  expect(isLoopbackAddress(ip)).toBe(expected);
});
