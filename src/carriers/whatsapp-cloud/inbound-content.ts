import type { AnnouncedAttachment, InboundEvent } from '../../conversations/index.ts';
import { fieldsOf, objectsOf, textOf } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** The content of an inbound message. */
type Content = Pick<InboundEvent, 'content' | 'attachments' | 'buttonReply'>;

/**
 * How to read each type of message (Cloud API, webhooks reference: messages):
 * - text: its text; media and stickers: an attachment, with the caption as text;
 * - a tap on a button of a template, a reply button or a row of a list: a button reply with the label;
 * - a location, contacts, an order: a text that people and flows can read;
 * - a reaction: its emoji as text; a withdrawn reaction is ignored;
 * - the form of a flow: its fields, as WhatsApp's JSON.
 *
 * `system` (a person's new number), `unsupported` (polls, and content for the phone only) and unknown types contain
 * nothing that a service could use, so they are ignored.
 */
const readers: ReadonlyMap<unknown, (message: Fields) => Content | undefined> = new Map([
  ['text', (message: Fields) => text(fieldsOf(message['text'])['body'])],
  ...(['image', 'audio', 'video', 'document', 'sticker'] as const).map(
    (type) => [type, (message: Fields) => media(type, fieldsOf(message[type]))] as const,
  ),
  ['button', (message: Fields) => tap(fieldsOf(message['button'])['text'])],
  ['interactive', (message: Fields) => interactive(fieldsOf(message['interactive']))],
  ['location', (message: Fields) => location(fieldsOf(message['location']))],
  ['contacts', (message: Fields) => text(objectsOf(message['contacts']).map(contact).join('\n'))],
  ['reaction', (message: Fields) => text(fieldsOf(message['reaction'])['emoji'])],
  ['order', (message: Fields) => order(fieldsOf(message['order']))],
]);

/** Reads the content of a message; returns undefined if the message is ignored. */
export function readContent(message: Fields): Content | undefined {
  return readers.get(message['type'])?.(message);
}

function text(value: unknown): Content | undefined {
  const content = textOf(value);
  return content === undefined ? undefined : { content, attachments: [] };
}

function tap(label: unknown): Content | undefined {
  const detail = text(label);
  return detail && { ...detail, buttonReply: detail.content };
}

function interactive(reply: Fields): Content | undefined {
  const { button_reply: button, list_reply: row, nfm_reply: form } = reply;
  return tap(fieldsOf(button)['title']) ?? tap(fieldsOf(row)['title']) ?? text(fieldsOf(form)['response_json']);
}

/** File extensions of media types that don't contain them. */
const endings = new Map([
  ['image/jpeg', 'jpg'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp4', 'm4a'],
  ['video/3gpp', '3gp'],
  ['text/plain', 'txt'],
  ['application/msword', 'doc'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.ms-powerpoint', 'ppt'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
]);

function media(type: string, value: Fields): Content | undefined {
  const reference = textOf(value['id']);
  if (reference === undefined) return undefined;
  const mimeType =
    (textOf(value['mime_type'])?.split(';', 1)[0] ?? '').trim().toLowerCase() || 'application/octet-stream';
  // Only documents have names. Two pictures from one phone must not get the same name, so the name contains the id.
  const name = textOf(value['filename']) ?? `${type}-${reference.replaceAll(/\W/g, '')}.${endingOf(mimeType)}`;
  const attachment: AnnouncedAttachment = { reference, name, mimeType };
  return { content: textOf(value['caption']) ?? '', attachments: [attachment] };
}

function endingOf(mimeType: string): string {
  return endings.get(mimeType) ?? /^\w+\/([a-z0-9]{1,5})$/.exec(mimeType)?.[1] ?? 'bin';
}

function location({ name, address, latitude, longitude }: Fields): Content | undefined {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  return text([textOf(name), textOf(address), `${latitude}, ${longitude}`].filter(Boolean).join('\n'));
}

function contact(entry: Fields): string {
  const name = textOf(fieldsOf(entry['name'])['formatted_name']);
  const phones = objectsOf(entry['phones']).flatMap(({ phone }) => textOf(phone) ?? []);
  const emails = objectsOf(entry['emails']).flatMap(({ email }) => textOf(email) ?? []);
  return [name, ...phones, ...emails].filter(Boolean).join(', ');
}

function order({ text: note, product_items: items }: Fields): Content | undefined {
  const lines = objectsOf(items).map(
    ({ product_retailer_id: product, quantity, item_price: price, currency }) =>
      `${String(quantity)} x ${String(product)}, ${String(price)} ${String(currency)}`,
  );
  return text([...(textOf(note) === undefined ? [] : [note]), ...lines].join('\n'));
}
