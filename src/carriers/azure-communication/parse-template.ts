import type { ListedTemplate, MediaKind, TemplateButton } from '../../templates/index.ts';
import { isObject } from '../../core/json.ts';
import { textOf } from '../fields.ts';

/** The carrier's words for a template's status. A template that WhatsApp has paused can't be sent. */
const statuses = new Map<unknown, Pick<ListedTemplate, 'status' | 'reason'>>([
  ['approved', { status: 'approved' }],
  ['pending', { status: 'pending' }],
  ['rejected', { status: 'rejected' }],
  ['paused', { status: 'rejected', reason: 'WhatsApp has paused the template.' }],
]);

const mediaKinds = new Map<unknown, MediaKind>([
  ['IMAGE', 'image'],
  ['VIDEO', 'video'],
  ['DOCUMENT', 'document'],
]);

const categories = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;

/** Finds placeholders with names instead of numbers, which the app can't fill. */
const namedPlaceholder = /\{\{\s*[^\d\s{}][^{}]*\}\}/;

/**
 * Parses a template of the carrier's list. `content` contains what WhatsApp says of the template: its components. The
 * carrier's specification doesn't define it further. Its example shows a list of components alone; if the category came
 * with them, it would be an object, so both are read. Returns undefined if required fields are missing, or if the
 * template has parts that the app can't send.
 */
export function parseTemplate(item: unknown, identity: string): ListedTemplate | undefined {
  const { name, language, status: word, content } = isObject(item) ? item : {};
  const status = statuses.get(typeof word === 'string' ? word.toLowerCase() : undefined);
  const whole = isObject(content) ? content : { components: content };
  const components = Array.isArray(whole['components']) ? whole['components'].filter(isObject) : [];
  const of = (type: string): Record<string, unknown> | undefined =>
    components.find((component) => textOf(component['type'])?.toUpperCase() === type);
  const body = textOf(of('BODY')?.['text']);
  const header = headerOf(of('HEADER'));
  const buttons = buttonsOf(of('BUTTONS'));
  if (typeof name !== 'string' || typeof language !== 'string' || status === undefined) return undefined;
  if (body === undefined || header === undefined || buttons === undefined) return undefined;
  if (namedPlaceholder.test(`${body} ${header.headerText ?? ''}`)) return undefined;
  return {
    identity,
    name,
    language,
    // The list doesn't give the category. A wrong MARKETING does the least harm.
    category: categories.find((known) => known === whole['category']) ?? 'MARKETING',
    content: body,
    ...header,
    buttons,
    ...status,
    carrierReference: textOf(whole['id']) ?? name,
  };
}

/** Reads what is above the body; returns undefined if the app can't send it. */
function headerOf(
  component: Record<string, unknown> | undefined,
): Pick<ListedTemplate, 'headerText' | 'attachmentKind'> | undefined {
  if (component === undefined) return {};
  const format = textOf(component['format'])?.toUpperCase() ?? 'TEXT';
  const headerText = textOf(component['text']);
  const attachmentKind = mediaKinds.get(format);
  if (attachmentKind !== undefined) return { attachmentKind };
  return format === 'TEXT' && headerText !== undefined ? { headerText } : undefined;
}

/** Reads the buttons; returns undefined if the app can't send one of them. */
function buttonsOf(component: Record<string, unknown> | undefined): TemplateButton[] | undefined {
  const list: unknown[] = Array.isArray(component?.['buttons']) ? component['buttons'] : [];
  const buttons = list.map((each) => buttonOf(isObject(each) ? each : {}));
  return buttons.every((button) => button !== undefined) ? buttons : undefined;
}

function buttonOf({ type, text, url, phone_number: phone }: Record<string, unknown>): TemplateButton | undefined {
  const label = textOf(text);
  if (label === undefined) return undefined;
  if (type === 'QUICK_REPLY') return { type: 'QuickReply', label, data: label };
  if (type === 'URL' && typeof url === 'string') return { type: 'Url', label, data: url };
  if (type === 'PHONE_NUMBER' && typeof phone === 'string') {
    return { type: 'Call', label, data: phone.replaceAll(/\D/g, '') };
  }
  return undefined;
}
