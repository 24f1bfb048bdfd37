import type { TemplateCall } from '../../messages/index.ts';
import { mediaKindOf } from '../../templates/index.ts';

/** A value of a template, and the place that it fills, as far as the place has to be told. */
interface FilledPlace {
  value: { name: string; kind: string } & Record<string, string>;
  subType?: 'quickReply' | 'url';
}

/** Our types of buttons that a send can fill. */
const subTypes = new Map<string, 'quickReply' | 'url'>([
  ['QuickReply', 'quickReply'],
  ['Url', 'url'],
]);

const texts = (place: string, values: readonly string[]): FilledPlace[] =>
  values.map((text, index) => ({ value: { name: `${place}${index + 1}`, kind: 'text', text } }));

function header({ headerParameters, attachmentUri, attachmentKind }: TemplateCall): FilledPlace[] {
  if (attachmentUri === undefined) return texts('header', headerParameters);
  const kind = attachmentKind ?? mediaKindOf(attachmentUri) ?? 'document';
  return [
    { value: { name: 'header1', kind, url: attachmentUri, ...(kind === 'document' && fileName(attachmentUri)) } },
  ];
}

/** What the phone shows as a document's name: the file's, where the address ends in one. */
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
 * The buttons that are filled. The carrier counts them by their order, so a quick reply without data takes its place as
 * well; an address without a variable part must not be named at all.
 */
function buttons({ buttons }: TemplateCall): FilledPlace[] {
  const places = buttons.map(({ type, data }, index): FilledPlace | undefined => {
    const subType = subTypes.get(type);
    if (subType === undefined || (subType === 'url' && data === '')) return undefined;
    const filled = subType === 'url' ? { text: data } : { ...(data !== '' && { payload: data }) };
    return { subType, value: { name: `button${index + 1}`, kind: 'quickAction', ...filled } };
  });
  return places.filter((place) => place !== undefined);
}

/**
 * A template with what fills it, in the carrier's form: values with names, and bindings that put each into its place
 * (Microsoft's "Send WhatsApp template messages", and the schema MessageTemplate of version 2024-08-30).
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
