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

/** Fetches with a network that answers each address as the table says; gives what was asked, with which credentials. */
async function fetchWith(answers: Record<string, () => Response>, reference: string, url = settings.url) {
  const asked: [url: string, authorization: string | undefined][] = [];
  const outcome = await fetchAttachment(
    {
      ...settings,
      url,
      fetch: (address, init = {}) => {
        const headers = (init.headers ?? {}) as Record<string, string>;
        asked.push([address as string, headers['authorization']]);
        const answer = answers[address as string];
        return answer === undefined
          ? Promise.reject(new Error(`nobody is at ${address as string}`))
          : Promise.resolve(answer());
      },
    },
    reference,
    100,
  );
  return { outcome, asked };
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
    expect(await fetchWith({ [url]: picture }, url)).toEqual({ outcome: fetched, asked: [[url, authorization]] });
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
  ])('and nothing at all goes anywhere else: %s', async (url) => {
    const { outcome, asked } = await fetchWith({}, url);
    expect(outcome).toEqual({ outcome: 'failed', reason: "The address of the attachment is not one of Twilio's." });
    expect(asked).toEqual([]);
  });

  test.for([301, 302, 303, 307, 308])('stay behind where Twilio sends on with %i', async (status) => {
    const kept = 'https://mms.twiliocdn.com/AC1/x?Expires=1';
    const { outcome, asked } = await fetchWith({ [media]: to(kept, status), [kept]: picture }, media);
    expect(outcome).toEqual(fetched);
    expect(asked).toEqual([
      [media, authorization],
      [kept, undefined],
    ]);
  });

  test('stay behind even where it sends on to itself', async () => {
    const { outcome, asked } = await fetchWith({ [media]: to('/kept'), 'https://api.twilio.com/kept': picture }, media);
    expect(outcome).toEqual(fetched);
    expect(asked[1]).toEqual(['https://api.twilio.com/kept', undefined]);
  });
});

describe('where Twilio sends on to', () => {
  test.for(['http://mms.twiliocdn.com/1', 'file:///etc/passwd', 'javascript:1', 'https://'])(
    'is not asked where it is not safe: %s',
    async (location) => {
      const { outcome, asked } = await fetchWith({ [media]: to(location) }, media);
      expect(outcome).toMatchObject({ outcome: 'retry' });
      expect(asked).toHaveLength(1);
    },
  );

  test('is asked a few times only', async () => {
    const { outcome, asked } = await fetchWith({ [media]: to(media) }, media);
    expect(outcome).toEqual({ outcome: 'retry', reason: 'The carrier redirects too often.' });
    expect(asked).toHaveLength(4);
  });

  test.for([
    [403, 'retry'],
    [404, 'failed'],
    [410, 'failed'],
    [500, 'retry'],
    [204, 'retry'],
  ] as const)('may answer %i: %s', async ([status, outcome]) => {
    const kept = 'https://mms.twiliocdn.com/1';
    const found = await fetchWith({ [media]: to(kept), [kept]: () => new Response(null, { status }) }, media);
    expect(found.outcome).toEqual({ outcome, reason: `The carrier answered ${status}.` });
  });
});
