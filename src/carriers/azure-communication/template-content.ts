import type { TemplateCall } from '../../messages/index.ts';
import { mediaKindOf } from '../../templates/index.ts';

/** A value for a template, and the kind of button that it fills. */
interface FilledParameter {
  value: { name: string; kind: string } & Record<string, string>;
  subType?: 'quickReply' | 'url';
}

/** The carrier's names for the types of buttons that a send can fill. */
const subTypes = new Map<string, 'quickReply' | 'url'>([
  ['QuickReply', 'quickReply'],
  ['Url', 'url'],
]);

const texts = (place: string, values: readonly string[]): FilledParameter[] =>
  values.map((text, index) => ({ value: { name: `${place}${index + 1}`, kind: 'text', text } }));

function header({ headerParameters, attachmentUri, attachmentKind }: TemplateCall): FilledParameter[] {
  if (attachmentUri === undefined) return texts('header', headerParameters);
  const kind = attachmentKind ?? mediaKindOf(attachmentUri) ?? 'document';
  return [
    { value: { name: 'header1', kind, url: attachmentUri, ...(kind === 'document' && fileName(attachmentUri)) } },
  ];
}

/** The document's name that the phone shows: the file name, if the address ends in one. */
function fileName(address: string): { fileName?: string } {
  const name = /[^/]+\.\w+$/.exec(URL.parse(address)?.pathname ?? '')?.[0];
  if (name === undefined) return {};
  try {
    return { fileName: decodeURIComponent(name) };
  } catch {
    return { fileName: name };
  }
}

/**
 * Fills the buttons. The carrier identifies quick replies by their order, so one without data is included too. A URL
 * without a variable part must be left out.
 */
function buttons({ buttons }: TemplateCall): FilledParameter[] {
  const places = buttons.map(({ type, data }, index): FilledParameter | undefined => {
    const subType = subTypes.get(type);
    if (subType === undefined || (subType === 'url' && data === '')) return undefined;
    const filled = subType === 'url' ? { text: data } : { ...(data !== '' && { payload: data }) };
    return { subType, value: { name: `button${index + 1}`, kind: 'quickAction', ...filled } };
  });
  return places.filter((place) => place !== undefined);
}

/**
 * Makes the carrier's form of a template with its values: named values, and bindings that assign each to its
 * placeholder (Microsoft's "Send WhatsApp template messages", and the schema MessageTemplate of version 2024-08-30).
 */
export function templateContent(call: TemplateCall): Record<string, unknown> {
  const places = { header: header(call), body: texts('body', call.bodyParameters), buttons: buttons(call) };
  const values = Object.values(places).flatMap((filled) => filled.map(({ value }) => value));
  const { name, language } = call;
  if (values.length === 0) return { name, language };
  const bound = Object.entries(places).filter(([, filled]) => filled.length > 0);
  const bindings = bound.map(([place, filled]) => [
    place,
    filled.map(({ value, subType }) => ({ ...(subType && { subType }), refValue: value.name })),
  ]);
  return { name, language, values, bindings: { kind: 'whatsApp', ...Object.fromEntries(bindings) } };
}
