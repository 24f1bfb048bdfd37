import type { ListOutcome, ListedTemplate } from '../../templates/index.ts';
import { messagesVersion, readFromCarrier, TokenUnavailable } from './call-carrier.ts';
import type { Resource } from './call-carrier.ts';
import { whyNoAnswer } from '../call.ts';
import { parseTemplate } from './parse-template.ts';

/** The maximum number of pages read of one list, in case the links form a circle. */
const pageLimit = 100;

/** Lists all templates of a number that the app can send. Never rejects. */
export async function listTemplates(resource: Resource, identity: string): Promise<ListOutcome> {
  const channel = resource.channels.get(identity);
  if (channel === undefined) return unavailable(`ACS_CHANNELS names no channel for the number ${identity}`);
  const templates: ListedTemplate[] = [];
  let next: string | undefined =
    `${resource.endpoint}/messages/channels/${channel}/templates?api-version=${messagesVersion}`;
  try {
    for (let page = 0; page < pageLimit; page++) {
      const { status, fields } = await readFromCarrier(resource, next);
      const { value, nextLink } = fields;
      if (status !== 200) return unavailable(`the carrier answered ${status}`);
      if (!Array.isArray(value)) return unavailable('the carrier did not answer with a list');
      templates.push(...value.flatMap((item) => parseTemplate(item, identity) ?? []));
      if (typeof nextLink !== 'string' || nextLink === '') return { outcome: 'listed', templates };
      next = nextLink;
      // The next call carries a signature or token, which must not go to another host.
      if (URL.parse(next)?.origin !== new URL(resource.endpoint).origin) {
        return unavailable('the carrier names a next page on another host');
      }
    }
    return unavailable(`the carrier has more than ${pageLimit} pages of templates`);
  } catch (error) {
    return unavailable(error instanceof TokenUnavailable ? error.message : whyNoAnswer(error).message);
  }
}

function unavailable(reason: string): ListOutcome {
  return { outcome: 'unavailable', reason };
}
