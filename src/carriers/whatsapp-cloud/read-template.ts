import type { ListedTemplate, Template, TemplateButton } from '../../templates/index.ts';
import { objectsOf, textOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { templateStatus } from './template-status.ts';

const kinds = new Map<unknown, NonNullable<Template['attachmentKind']>>([
  ['IMAGE', 'image'],
  ['VIDEO', 'video'],
  ['DOCUMENT', 'document'],
]);

/** Codes of authentication have a form of their own, which a send here can't fill. */
const categories = (['MARKETING', 'UTILITY'] as const satisfies Template['category'][]).map((name) => name);

type Parts = Pick<ListedTemplate, 'content' | 'headerText' | 'attachmentKind' | 'buttons'>;

/**
 * Reads a template as Meta lists it. Undefined for one that can't be sent from here: for authentication, with named
 * parameters, with a header that is a place, with buttons of other kinds than ours, with cards or offers. A footer is
 * sent by itself, so it is no obstacle.
 */
export function readTemplate(entry: Fields, identity: string): ListedTemplate | undefined {
  const name = textOf(entry['name']);
  const language = textOf(entry['language']);
  const category = categories.find((known) => known === entry['category']);
  const status = templateStatus(entry['status']);
  const parts = readParts(objectsOf(entry['components']));
  if (name === undefined || language === undefined || !category || status === undefined || !parts) return undefined;
  const carrierReference = textOf(entry['id']);
  const reason = status === 'rejected' ? reasonOf(entry) : undefined;
  return {
    identity,
    name,
    language,
    category,
    ...parts,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(carrierReference === undefined ? {} : { carrierReference }),
  };
}

function reasonOf({ status, rejected_reason: detail }: Fields): string {
  return textOf(detail) === undefined || detail === 'NONE' ? String(status) : String(detail);
}

/** How each part of a template is read into parts so far; undefined where it can't be. */
const readers: ReadonlyMap<unknown, (part: Fields) => Partial<Parts> | undefined> = new Map<
  unknown,
  (part: Fields) => Partial<Parts> | undefined
>([
  ['HEADER', readHeader],
  ['BODY', ({ text }) => (isNumbered(text) ? { content: text } : undefined)],
  ['FOOTER', () => ({})],
  ['BUTTONS', readButtons],
]);

function readParts(components: readonly Fields[]): Parts | undefined {
  const read = components.map((part) => readers.get(upper(part['type']))?.(part));
  const parts: Partial<Parts> = Object.assign({ buttons: [] }, ...read);
  const { content, buttons = [] } = parts;
  return content === undefined || read.includes(undefined) ? undefined : { ...parts, content, buttons };
}

const upper = (value: unknown): unknown => (typeof value === 'string' ? value.toUpperCase() : value);

/** Whether a text is one whose placeholders, if it has any, are numbers. */
function isNumbered(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && !text.replaceAll(/\{\{\d+\}\}/g, '').includes('{{');
}

function readHeader({ format, text }: Fields): Partial<Parts> | undefined {
  const attachmentKind = kinds.get(upper(format));
  if (attachmentKind !== undefined) return { attachmentKind };
  return upper(format) === 'TEXT' && isNumbered(text) ? { headerText: text } : undefined;
}

function readButtons(part: Fields): Partial<Parts> | undefined {
  const buttons = objectsOf(part['buttons']).map(readButton);
  return buttons.includes(undefined) ? undefined : { buttons: buttons.filter((button) => button !== undefined) };
}

function readButton({ type, text, url, phone_number: number }: Fields): TemplateButton | undefined {
  const label = textOf(text);
  if (label === undefined) return undefined;
  if (type === 'QUICK_REPLY') return { type: 'QuickReply', label, data: label };
  if (type === 'URL' && isNumbered(url)) return { type: 'Url', label, data: url };
  if (type === 'PHONE_NUMBER' && typeof number === 'string') {
    return { type: 'Call', label, data: number.replaceAll(/\D/g, '') };
  }
  return undefined;
}
