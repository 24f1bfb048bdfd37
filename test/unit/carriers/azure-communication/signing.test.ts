import { describe, expect, test } from 'vitest';
import { repeatability } from '../../../../src/carriers/azure-communication/repeatability.ts';
import { signRequest } from '../../../../src/carriers/azure-communication/sign-request.ts';

const now = new Date('2022-04-13T18:09:12.451Z');
const emptyHash = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

describe("signs a request like Microsoft's libraries", () => {
  // Vectors of Azure/azure-sdk-for-js, communication-common, communicationKeyCredentialPolicy.spec.ts (example.com), and
  // of Azure/azure-sdk-for-python, azure-communication-sms, test_hmac.py (contoso).
  test.for([
    ['https://example.com/testPath?testQuery=test', 'DGdgwggJWnQyc6EHjR/Vbqg1ES64KpD6U2XwTDDj3tU='],
    ['https://example.com/testPath', '+6tWkg3lNKVjQHHmxkdGQcJjUgzclsWTMebnuCz1ngU='],
    ['https://contoso.communicationservices.azure.com/', '88MDmJhUR3m5QhFxb8ztShsSwlGrg7g/6XPnWf7QEO4='],
    ['https://contoso.communicationservices.azure.com/testPath', 'RoCrHjw7fb9fpHSbqvRUY2xa8RBS0YvI1cxI1x8AS38='],
    [
      'https://contoso.communicationservices.azure.com/testPath?testQuery=yes',
      'il99+rd6V5O136roX/zVePCNle78HmvC4B7tu9zRH3I=',
    ],
  ])('GET %s', ([url = '', signature]) => {
    expect(signRequest({ method: 'GET', url, body: '' }, 'pw==', now)).toEqual({
      'x-ms-date': 'Wed, 13 Apr 2022 18:09:12 GMT',
      'x-ms-content-sha256': emptyHash,
      authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
    });
  });

  // Vectors of communication-common, cryptoUtils.spec.ts.
  test.for([
    ['banana', 'tJPUg2Sv5E0RwBZc9HCkFk0eJgmRHvmYvoaNRq3j3k4='],
    ['😀', '8EQ6NCxe9UeDoRG1G6Vsk45HTDIyTZDDpgycjjo34tk='],
  ])('includes the hash of the body: %s', ([body = '', hash]) => {
    const headers = signRequest({ method: 'POST', url: 'https://example.com/sms', body }, 'pw==', now);
    expect(headers['x-ms-content-sha256']).toBe(hash);
  });

  test('the method, the port of the host and the body change the signature', () => {
    const request = { method: 'POST', url: 'https://example.com/sms', body: '{}' };
    const variants = [
      request,
      { ...request, method: 'GET' },
      { ...request, url: 'https://example.com:444/sms' },
      { ...request, body: '{ }' },
    ];
    const signatures = variants.map((variant) => signRequest(variant, 'pw==', now)['authorization']);
    expect(new Set(signatures).size).toBe(variants.length);
  });
});

describe('repeatability ids', () => {
  const attempt = { recipientId: `${'0'.repeat(32)}-00000`, attemptedAt: now };

  test('are a UUID and an HTTP date', () => {
    expect(repeatability(attempt)).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/) as string,
      firstSent: 'Wed, 13 Apr 2022 18:09:12 GMT',
    });
  });

  test('are the same for a repeat, and differ for another attempt or recipient', () => {
    const { requestId } = repeatability(attempt);
    expect(repeatability({ ...attempt, attemptedAt: new Date(now) }).requestId).toBe(requestId);
    const others = [
      { ...attempt, attemptedAt: new Date(now.getTime() + 1) },
      { ...attempt, recipientId: `${'0'.repeat(32)}-00001` },
    ].map((other) => repeatability(other).requestId);
    expect(new Set([requestId, ...others]).size).toBe(3);
  });
});
