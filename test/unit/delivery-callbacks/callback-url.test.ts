import { describe, expect, test } from 'vitest';

import { callbackUrl } from '../../../src/delivery-callbacks/callback-url.ts';
import type { CallbackFacts } from '../../../src/delivery-callbacks/callback-url.ts';
import { signCall } from '../../../src/delivery-callbacks/sign-call.ts';

const facts: CallbackFacts = {
  messageId: 'ab'.repeat(16),
  recipientId: `${'ab'.repeat(16)}-00007`,
  address: '358401234567',
  status: 'delivered',
  at: new Date('2026-11-24T10:00:00.123Z'),
  protocol: 'SMS',
  parts: 2,
};
const parameters =
  'messageId=abababababababababababababababab&recipientId=abababababababababababababababab-00007' +
  '&address=358401234567&status=Delivered&statusCode=1&errorCode=&timestamp=2026-11-24T10%3A00%3A00.123Z' +
  '&protocol=SMS&parts=2&customerData=';

describe('the called address', () => {
  test.each([
    ['https://a.example/hook', `https://a.example/hook?${parameters}`],
    ['https://a.example/hook/', `https://a.example/hook/?${parameters}`],
    ['https://a.example', `https://a.example/?${parameters}`],
    ['https://a.example?x=1', `https://a.example/?x=1&${parameters}`],
    ['https://a.example/hook?', `https://a.example/hook?${parameters}`],
    ['https://a.example/hook?x=1', `https://a.example/hook?x=1&${parameters}`],
    ['https://a.example/hook?x=1&', `https://a.example/hook?x=1&${parameters}`],
    ['https://a.example/hook?x=1?', `https://a.example/hook?x=1?&${parameters}`],
    ['https://a.example/hook??', `https://a.example/hook??&${parameters}`],
    ['https://a.example/hook#part', `https://a.example/hook?${parameters}`],
    ['https://a.example/hook?x=1#part?y=2', `https://a.example/hook?x=1&${parameters}`],
    ['https://a.example/hook?#', `https://a.example/hook?${parameters}`],
    ['https://a.example/hook#a\n?b', `https://a.example/hook?${parameters}`],
    // The caller's own signature may cover path and query, so they stay unchanged.
    [
      'https://a.example/a/../%2e/b;c?sig=a%2Fb+c%2f&&=&é=%E9&status=mine&a[]=\'|{}^`"<>~!*()',
      `https://a.example/a/../%2e/b;c?sig=a%2Fb+c%2f&&=&%C3%A9=%E9&status=mine&a[]='|{}^\`"<>~!*()&${parameters}`,
    ],
    ['https://a.example/ä b?q=ö\u{1F600}', `https://a.example/%C3%A4%20b?q=%C3%B6%F0%9F%98%80&${parameters}`],
    ['https://a.example/?q=\uD800', `https://a.example/?q=%EF%BF%BD&${parameters}`],
    // The host is written as in a request.
    ['HTTPS://A.Example:443/Hook', `https://a.example/Hook?${parameters}`],
    ['https://a.example:8443/hook', `https://a.example:8443/hook?${parameters}`],
    ['https://mäkelä.example/hook', `https://xn--mkel-load.example/hook?${parameters}`],
    // An address that is refused when it is called stays unchanged.
    ['https://u:p@a.example/hook', `https://u:p@a.example/hook?${parameters}`],
    ['https://a.example\\@b.example/', `https://a.example/\\@b.example/?${parameters}`.replace('/\\', '\\')],
    ['not an address', `not an address?${parameters}`],
  ])('is built from %j', (dlrUrl, called) => {
    expect(callbackUrl(dlrUrl, facts)).toBe(called);
  });

  test.each([
    ['delivered', 'status=Delivered&statusCode=1&'],
    ['read', 'status=Read&statusCode=2&'],
    ['undelivered', 'status=Undelivered&statusCode=3&'],
    ['expired', 'status=Expired&statusCode=4&'],
    ['rejected', 'status=Rejected&statusCode=5&'],
    ['failed', 'status=Failed&statusCode=6&'],
    ['unknown', 'status=Unknown&statusCode=7&'],
    ['canceled', 'status=Canceled&statusCode=8&'],
    ['somethingNew', 'status=SomethingNew&statusCode=0&'],
  ])('has the status %s', (status, part) => {
    expect(callbackUrl('https://a.example', { ...facts, status })).toContain(part);
  });

  test('has every value percent-encoded', () => {
    const url = callbackUrl('https://a.example/?x=1', {
      ...facts,
      code: '30007 & more=#?+',
      customerData: 'Tilaus 7 & ”åäö” 😀\uDC00\n=',
    });
    expect(url).toContain('&errorCode=30007%20%26%20more%3D%23%3F%2B&');
    const data = 'Tilaus%207%20%26%20%E2%80%9D%C3%A5%C3%A4%C3%B6%E2%80%9D%20%F0%9F%98%80%EF%BF%BD%0A%3D';
    expect(url.endsWith(`&customerData=${data}`)).toBe(true);
    expect(new URL(url).href).toBe(url);
  });
});

describe('the signature', () => {
  const url = callbackUrl('https://a.example/hook?x=%2F', { ...facts, customerData: 'åäö' });
  const now = new Date('2026-11-24T10:00:01.999Z');

  test('equals that of another implementation', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', bytes('s3cret ä'), algorithm, false, ['sign']);
    const signature = await crypto.subtle.sign('HMAC', key, bytes(`1795514401.${url}`));
    const hex = Buffer.from(signature).toString('hex');
    expect(signCall(url, 's3cret ä', now)).toEqual({ 'X-Timestamp': '1795514401', 'X-Signature': `sha256=${hex}` });
  });

  test('has the known value for a fixed address', () => {
    // printf '1795514401.https://a.example/?x=1' | openssl dgst -sha256 -hmac secret
    expect(signCall('https://a.example/?x=1', 'secret', now)['X-Signature']).toBe(
      'sha256=15bb4a99bd985f110bcf6c067b4f3d476f7e6830fd5063f3ce09082ef11c7a08',
    );
  });
});
