import { describe, expect, test } from 'vitest';
import { fetchAttachment } from '../../../../src/carriers/twilio/fetch-attachment.ts';

const settings = {
  url: 'https://api.dublin.ie1.twilio.com',
  accountSid: 'AC1',
  authToken: 'token',
  timeoutMs: 10_000,
  whatsappNumbers: [],
};
const authorization = `Basic ${Buffer.from('AC1:token').toString('base64')}`;
const bytes = Uint8Array.of(1, 2, 3);

/** Fetches from a network that answers by address; returns the outcome and the calls with their credentials. */
async function fetchWith(answers: Record<string, () => Response>, reference: string, url = settings.url) {
  const requested: [url: string, authorization: string | undefined][] = [];
  const outcome = await fetchAttachment(
    {
      ...settings,
      url,
      fetch: (address, init = {}) => {
        const headers = (init.headers ?? {}) as Record<string, string>;
        requested.push([address as string, headers['authorization']]);
        const answer = answers[address as string];
        return answer === undefined
          ? Promise.reject(new Error(`nobody is at ${address as string}`))
          : Promise.resolve(answer());
      },
    },
    reference,
    100,
  );
  return { outcome, requested };
}

const picture = () => new Response(bytes, { headers: { 'content-type': 'image/png; x=y' } });
const to =
  (location: string, status = 307) =>
  () =>
    new Response(null, { status, headers: { location } });
const fetched = { outcome: 'fetched', bytes: Buffer.from(bytes), mimeType: 'image/png' };
const media = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1';

describe('credentials', () => {
  test.for([media, 'https://api.dublin.ie1.twilio.com/media/1'])("go to Twilio's API: %s", async (url) => {
    expect(await fetchWith({ [url]: picture }, url)).toEqual({ outcome: fetched, requested: [[url, authorization]] });
  });

  test.for([
    'https://evil.example/1',
    'http://api.twilio.com/1',
    'https://api.twilio.com:8443/1',
    'https://api.twilio.com.evil.example/1',
    'https://api.twilio.com@evil.example/1',
    'https://mms.twiliocdn.com/1',
    '//evil.example/1',
    String.raw`\\evil.example\1`,
    'http://169.254.169.254/metadata',
    'http://127.0.0.1/1',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'https://',
  ])('and no call goes to any other address: %s', async (url) => {
    const { outcome, requested } = await fetchWith({}, url);
    expect(outcome).toEqual({ outcome: 'failed', reason: "The address of the attachment is not one of Twilio's." });
    expect(requested).toEqual([]);
  });

  test.for([301, 302, 303, 307, 308])('do not go to the target of a redirect with %i', async (status) => {
    const kept = 'https://mms.twiliocdn.com/AC1/x?Expires=1';
    const { outcome, requested } = await fetchWith({ [media]: to(kept, status), [kept]: picture }, media);
    expect(outcome).toEqual(fetched);
    expect(requested).toEqual([
      [media, authorization],
      [kept, undefined],
    ]);
  });

  test('do not go to the target of a redirect even if it is Twilio itself', async () => {
    const { outcome, requested } = await fetchWith(
      { [media]: to('/kept'), 'https://api.twilio.com/kept': picture },
      media,
    );
    expect(outcome).toEqual(fetched);
    expect(requested[1]).toEqual(['https://api.twilio.com/kept', undefined]);
  });
});

describe('the target of a redirect', () => {
  test.for(['http://mms.twiliocdn.com/1', 'file:///etc/passwd', 'javascript:1', 'https://'])(
    'is not called if it is not https: %s',
    async (location) => {
      const { outcome, requested } = await fetchWith({ [media]: to(location) }, media);
      expect(outcome).toMatchObject({ outcome: 'retry' });
      expect(requested).toHaveLength(1);
    },
  );

  test('is called only a few times', async () => {
    const { outcome, requested } = await fetchWith({ [media]: to(media) }, media);
    expect(outcome).toEqual({ outcome: 'retry', reason: 'The carrier redirects too often.' });
    expect(requested).toHaveLength(4);
  });

  test.for([
    [403, 'retry'],
    [404, 'failed'],
    [410, 'failed'],
    [500, 'retry'],
    [204, 'retry'],
  ] as const)('can answer %i, and the outcome is %s', async ([status, outcome]) => {
    const kept = 'https://mms.twiliocdn.com/1';
    const found = await fetchWith({ [media]: to(kept), [kept]: () => new Response(null, { status }) }, media);
    expect(found.outcome).toEqual({ outcome, reason: `The carrier answered ${status}.` });
  });
});
