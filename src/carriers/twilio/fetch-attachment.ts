import type { AttachmentOutcome } from '../../conversations/index.ts';
import { startCall, whyNoAnswer } from '../call.ts';
import type { HttpDeps } from '../call.ts';
import { dropBody, readAttachment } from '../read-attachment.ts';
import { authorizationOf } from './settings.ts';
import type { TwilioSettings } from './settings.ts';

/** Where webhook calls say that media are, whichever address the API is reached at. */
const mediaOrigin = 'https://api.twilio.com';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Twilio sends on to where it keeps media, and that may be moved once or twice. */
const maxRedirects = 3;

/**
 * Fetches media of at most `limit` bytes, as {@link readAttachment} reads them. The account's credentials go to Twilio's
 * API only, never to where it sends on to. Never rejects.
 *
 * @param reference the address that the webhook call gave
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

/** The answer at the end of all redirects, or why there is none. */
async function follow(settings: TwilioSettings & HttpDeps, url: URL, protocol: string): Promise<Response | string> {
  const headers = { authorization: authorizationOf(settings) };
  let response = await startCall(settings, url.href, { method: 'GET', headers });
  let from = url;
  for (let step = 0; redirects.has(response.status); step += 1) {
    dropBody(response);
    const to = URL.parse(response.headers.get('location') ?? '', from.href);
    // Plain http only where the API itself is reached so, which is a test.
    if (to === null || (to.protocol !== 'https:' && to.protocol !== protocol)) {
      return 'The carrier sends on to an address that is not safe.';
    }
    if (step === maxRedirects) return 'The carrier sends on and on.';
    response = await startCall(settings, to.href, { method: 'GET' });
    from = to;
  }
  return response;
}
