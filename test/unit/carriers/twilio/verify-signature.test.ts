import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signatureOf, verifySignature } from '../../../../src/carriers/twilio/verify-signature.ts';

const form = (text: string | Record<string, string>): URLSearchParams => new URLSearchParams(text);
const hmac = (text: string): string => createHmac('sha1', '12345').update(text).digest('base64');

describe('signatures', () => {
  // Both are from Twilio's documentation of webhook security, whose example changed its number once.
  test.for([
    ['+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['+14158675310', 'GvWf1cFY/Q7PnoempGyD5oXAezc='],
  ] as const)("are the same as in Twilio's documentation: example with %s", ([number, signature]) => {
    const fields = form({
      Digits: '1234',
      To: '+18005551212',
      From: number,
      Caller: number,
      CallSid: 'CA1234567890ABCDE',
    });
    expect(signatureOf('https://mycompany.com/myapp.php?foo=1&bar=2', fields, '12345')).toBe(signature);
  });

  test('cover the text as UTF-8', () => {
    const fields = form({ CallSid: 'CA1', Body: 'hei €' });
    const url = 'https://api.example.com/hook?foo=1&bar=2';
    expect(signatureOf(url, fields, '12345')).toBe('BPsa6vMO2WIVqMYsTTEEGaYE3zY=');
  });

  test.for([
    ['names are sorted, not names with values', 'ReasonX=a&Reason=b', 'ReasonbReasonXa'],
    ['capitals come first', 'b=1&B=2&a=3', 'B2a3b1'],
    ['a repeated name counts once per value, sorted', 'a=2&b=x&a=1', 'a1a2bx'],
    ['a repeated value counts once', 'a=1&a=1&b=x', 'a1bx'],
    ['empty values count', 'a=&b=', 'ab'],
    ['plus signs are spaces, and escapes are decoded', 'a=x+y%2Bz', 'ax y+z'],
    ['spaces at the ends are kept', 'a=+x+', 'a x '],
  ] as const)('%s', ([, body, text]) => {
    expect(signatureOf('https://a.example/h', form(body), '12345')).toBe(hmac(`https://a.example/h${text}`));
  });
});

describe('a call', () => {
  const settings = { webhookUrl: 'https://app.example/api/webhooks/twilio', authToken: '12345' };
  const query = '?recipient=m-1';
  const signedWith = (url: string) => ({ query, headers: new Map([['x-twilio-signature', hmac(`${url}a1`)]]) });

  test.for([
    `${settings.webhookUrl}${query}`,
    `https://app.example:443/api/webhooks/twilio${query}`,
    `${settings.webhookUrl}${query}#rc=5&rp=all`,
    `https://app.example:443/api/webhooks/twilio${query}#rc=5&rp=all`,
  ])('is accepted with a signature of each form of the address: %s', (url) => {
    expect(() => verifySignature(signedWith(url), form('a=1'), settings)).not.toThrow();
  });

  test('is accepted whatever its host', () => {
    const { headers } = signedWith(`${settings.webhookUrl}${query}`);
    headers.set('host', 'internal.example').set('x-forwarded-host', 'evil.example');
    expect(() => verifySignature({ query, headers }, form('a=1'), settings)).not.toThrow();
  });

  test('is accepted with the port of the address', () => {
    const webhookUrl = 'http://localhost:7071/hook';
    expect(() =>
      verifySignature(signedWith(webhookUrl + query), form('a=1'), { ...settings, webhookUrl }),
    ).not.toThrow();
    const other = signedWith(`http://localhost:80/hook${query}`);
    expect(() => verifySignature(other, form('a=1'), { ...settings, webhookUrl })).toThrow('does not fit');
  });

  const genuine = hmac(`${settings.webhookUrl}${query}a1`);
  test.for([
    ['no signature', query, 'a=1', undefined],
    ['an empty signature', query, 'a=1', ''],
    ['a truncated signature', query, 'a=1', genuine.slice(0, -1)],
    ['a signature with extra characters', query, 'a=1', `${genuine}=`],
    ['another query', '?recipient=m-2', 'a=1', genuine],
    ['no query', '', 'a=1', genuine],
    ['another value', query, 'a=2', genuine],
    ['another parameter', query, 'a=1&b=', genuine],
    ['no parameters', query, '', genuine],
    [
      'another token',
      query,
      'a=1',
      createHmac('sha1', '1234').update(`${settings.webhookUrl}${query}a1`).digest('base64'),
    ],
    ['another host', query, 'a=1', hmac(`https://evil.example/api/webhooks/twilio${query}a1`)],
    ['plain http', query, 'a=1', hmac(`http://app.example/api/webhooks/twilio${query}a1`)],
    ['another fragment', query, 'a=1', hmac(`${settings.webhookUrl}${query}#rc=0a1`)],
  ] as const)('is refused with %s', ([, itsQuery, body, signature]) => {
    const headers = new Map(signature === undefined ? [] : [['x-twilio-signature', signature] as const]);
    const refused = expect.objectContaining({ name: 'WebhookRefused', status: 401 }) as Error;
    expect(() => verifySignature({ query: itsQuery, headers }, form(body), settings)).toThrow(refused);
  });
});
