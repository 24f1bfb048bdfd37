import { inboundProtocols } from '../../conversations/index.ts';
import type { InboundProtocol } from '../../conversations/index.ts';
import { BadSubmission, digitsOf, isRecord, parseObject } from './submission.ts';

/** An attachment of a played message. */
export interface PlayedAttachment {
  name: string;
  /** A type and a subtype, without parameters. */
  mimeType: string;
  /** Base64 with padding (RFC 4648, section 4). */
  content: string;
}

/** An inbound message that a caller of `POST /inbound` plays. */
export interface PlayedMessage {
  /** The phone's number in digits. */
  sender: string;
  /** The number or short code that the phone writes to, in digits. */
  recipient: string;
  protocol: InboundProtocol;
  content: string;
  attachments: PlayedAttachment[];
  /** The label of the button that was tapped. */
  buttonReply?: string;
}

// 255 parts of 153 characters: the longest possible SMS.
const maximumContent = 39_015;
const maximumAttachments = 10;
const maximumName = 255;
const maximumLabel = 25;

// RFC 6838, section 4.2: letters, digits and some signs, at most 127 on each side.
const mimeTypePattern = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

function parseNumber(value: unknown, field: string): string {
  const digits = typeof value === 'string' ? digitsOf(value) : undefined;
  if (digits === undefined) throw new BadSubmission(`${field} must be a text of 3 to 15 digits, with or without +.`);
  return digits;
}

/** Copies the known fields only, so that nothing else is stored. */
function parseAttachment(value: unknown, index: number): PlayedAttachment {
  const refuse = (what: string): never => {
    throw new BadSubmission(`attachments[${index}]${what}`);
  };
  if (!isRecord(value)) return refuse(' must be an object.');
  const { name, mimeType, content } = value;
  if (typeof name !== 'string' || name === '' || name.length > maximumName || /[\p{Cc}\p{Cs}]/u.test(name)) {
    return refuse(`.name must be a text of 1 to ${maximumName} characters, none of them a control character.`);
  }
  if (typeof mimeType !== 'string' || !mimeTypePattern.test(mimeType)) {
    return refuse('.mimeType must be a type and a subtype, such as image/png.');
  }
  // Buffer skips characters that are not base64, so only a comparison detects them.
  if (typeof content !== 'string' || content === '' || Buffer.from(content, 'base64').toString('base64') !== content) {
    return refuse('.content must be base64 that is not empty.');
  }
  return { name, mimeType, content };
}

function parseAttachments(value: unknown, protocol: InboundProtocol): PlayedAttachment[] {
  if (!Array.isArray(value) || value.length > maximumAttachments) {
    throw new BadSubmission(`attachments must be a list of at most ${maximumAttachments}.`);
  }
  if (value.length > 0 && protocol === 'SMS') {
    throw new BadSubmission('attachments must be left out: an SMS has none.');
  }
  return value.map(parseAttachment);
}

function parseButtonReply(value: unknown, protocol: InboundProtocol): string | undefined {
  if (value === undefined) return undefined;
  if (protocol !== 'WhatsApp') throw new BadSubmission('buttonReply must be left out: only WhatsApp has buttons.');
  if (typeof value !== 'string' || value === '' || value.length > maximumLabel) {
    throw new BadSubmission(`buttonReply must be a text of 1 to ${maximumLabel} characters.`);
  }
  return value;
}

/**
 * Parses the body of `POST /inbound`.
 *
 * @throws {BadSubmission} names the first invalid field
 */
export function parseInboundSubmission(text: string): PlayedMessage {
  const body = parseObject(text);
  const sender = parseNumber(body['sender'], 'sender');
  const recipient = parseNumber(body['recipient'], 'recipient');
  const protocol = inboundProtocols.find((known) => known === body['protocol']);
  if (protocol === undefined) throw new BadSubmission('protocol must be SMS, MMS or WhatsApp.');
  const { content = '', attachments: given = [] } = body;
  if (typeof content !== 'string' || content.length > maximumContent) {
    throw new BadSubmission(`content must be a text of at most ${maximumContent} characters.`);
  }
  const attachments = parseAttachments(given, protocol);
  const buttonReply = parseButtonReply(body['buttonReply'], protocol);
  if (content === '' && attachments.length === 0 && buttonReply === undefined) {
    throw new BadSubmission('content must not be empty without an attachment or a buttonReply.');
  }
  return {
    sender,
    recipient,
    protocol,
    content: content === '' && attachments.length === 0 ? (buttonReply ?? '') : content,
    attachments,
    ...(buttonReply !== undefined && { buttonReply }),
  };
}
