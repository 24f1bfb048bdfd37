import type { AttachmentOutcome } from '../../conversations/index.ts';
import { startCall, whyNoAnswer } from '../call.ts';
import type { HttpDeps } from '../call.ts';
import { dropBody, readAttachment } from '../read-attachment.ts';
import { authorizationOf } from './settings.ts';
import type { TwilioSettings } from './settings.ts';

/** The origin of media addresses in webhook calls, whichever address of the API the app uses. */
const mediaOrigin = 'https://api.twilio.com';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Twilio redirects to the storage of media, which may redirect once or twice more. */
const maxRedirects = 3;

/**
 * Fetches media of at most `limit` bytes. The outcomes are those of {@link readAttachment}; `retry` if no answer comes.
 * The account's credentials go to Twilio's API only, never to the target of a redirect. Never rejects.
 *
 * @param reference the address from the webhook call
 */
export async function fetchAttachment(
  settings: TwilioSettings & HttpDeps,
  reference: string,
  limit: number,
): Promise<AttachmentOutcome> {
  const api = new URL(settings.url);
  const url = URL.parse(reference, `${settings.url}/`);
  if (url === null || (url.origin !== api.origin && url.origin !== mediaOrigin)) {
    return { outcome: 'failed', reason: "The address of the attachment is not one of Twilio's." };
  }
  try {
    const response = await follow(settings, url, api.protocol);
    return typeof response === 'string'
      ? { outcome: 'retry', reason: response }
      : await readAttachment(response, limit);
  } catch (error) {
    return { outcome: 'retry', reason: whyNoAnswer(error).message };
  }
}

/** Follows all redirects. Resolves to the last answer, or to the reason why there is none. */
async function follow(settings: TwilioSettings & HttpDeps, url: URL, protocol: string): Promise<Response | string> {
  const headers = { authorization: authorizationOf(settings) };
  let response = await startCall(settings, url.href, { method: 'GET', headers });
  let from = url;
  for (let step = 0; redirects.has(response.status); step += 1) {
    dropBody(response);
    const to = URL.parse(response.headers.get('location') ?? '', from.href);
    // Plain http is allowed only if the API itself has an http address, as in tests.
    if (to === null || (to.protocol !== 'https:' && to.protocol !== protocol)) {
      return 'The carrier redirects to an address that is not https.';
    }
    if (step === maxRedirects) return 'The carrier redirects too often.';
    response = await startCall(settings, to.href, { method: 'GET' });
    from = to;
  }
  return response;
}
