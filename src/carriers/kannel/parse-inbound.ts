import { TextDecoder } from 'node:util';

import type { InboundEvent } from '../../conversations/index.ts';
import { WebhookRefused } from '../carrier.ts';
import type { WebhookRequest } from '../carrier.ts';
import { parseSeconds } from './parse-seconds.ts';

/**
 * Parses an inbound message. The query contains id (`%I`), time (`%T`), sender (`%p`) and recipient (`%P`). The text is
 * the body (`post-url`), or in the query too (`get-url`, `%b`). Returns undefined if the message is not a text: a phone
 * can send any bytes (coding 1), and if the app refused them, Kannel would call again for days.
 *
 * @throws {WebhookRefused} 400 if a field is missing or malformed
 */
export function parseInbound(request: WebhookRequest, query: URLSearchParams): InboundEvent | undefined {
  const filled = (name: string): string => {
    const value = query.get(name)?.trim() ?? '';
    if (value === '') throw new WebhookRefused(400, `the message has no ${name}`);
    return value;
  };
  const at = parseSeconds(query.get('at'));
  if (at === undefined) throw new WebhookRefused(400, 'the message has no time');
  const event = {
    carrierMessageId: filled('id'),
    sender: withoutPlus(filled('from')),
    recipient: withoutPlus(filled('to')),
    protocol: 'SMS',
    at,
    attachments: [],
  } as const;
  const content = request.method === 'POST' ? textOfBody(request) : textOfQuery(query);
  return content === undefined ? undefined : { ...event, content };
}

function textOfQuery(query: URLSearchParams): string | undefined {
  if (query.get('coding') === '1') return undefined;
  const text = query.get('text');
  if (text === null) throw new WebhookRefused(400, 'the message has no text');
  return text;
}

function textOfBody({ headers, body }: WebhookRequest): string | undefined {
  const contentType = headers.get('content-type') ?? '';
  if (!/^text\/plain\b/i.test(contentType)) return undefined;
  return decoderOf(/\bcharset="?([\w-]+)/i.exec(contentType)?.[1]).decode(body);
}

/** Kannel should be configured to write UTF-8. Without `mo-recode` it keeps the network's encoding, such as UTF-16. */
function decoderOf(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

function withoutPlus(address: string): string {
  return address.replace(/^\+(?=\d)/, '');
}
