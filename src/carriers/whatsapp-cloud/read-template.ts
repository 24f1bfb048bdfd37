import type { ListedTemplate, Template, TemplateButton } from '../../templates/index.ts';
import { objectsOf, textOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { templateStatus } from './template-status.ts';

const kinds = new Map<unknown, NonNullable<Template['attachmentKind']>>([
  ['IMAGE', 'image'],
  ['VIDEO', 'video'],
  ['DOCUMENT', 'document'],
]);

/** The categories that the app can send. Authentication templates have another form, which the app can't fill. */
const categories = (['MARKETING', 'UTILITY'] as const satisfies Template['category'][]).map((name) => name);

type Parts = Pick<ListedTemplate, 'content' | 'headerText' | 'attachmentKind' | 'buttons'>;

/**
 * Reads a template of Meta's list. Returns undefined if the app can't send it: a template for authentication, or one
 * with named parameters, a location as header, other kinds of buttons, cards or offers. A footer is no obstacle, since
 * Meta sends it by itself.
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

/** The readers of a template's components; a reader returns undefined for a component that the app can't send. */
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

/** Whether a value is a text without placeholders, or with numbered placeholders only. */
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
