import { headerKindOf } from '../../templates/index.ts';
import type { Template, TemplateButton } from '../../templates/index.ts';

/** A component of a template in the Graph API's form (Cloud API, "Template components"). */
export type TemplateComponent =
  | { type: 'HEADER'; format: 'TEXT'; text: string; example?: { header_text: string[] } }
  | { type: 'HEADER'; format: 'IMAGE' | 'VIDEO' | 'DOCUMENT'; example: { header_handle: string[] } }
  | { type: 'BODY'; text: string; example?: { body_text: string[][] } }
  | { type: 'BUTTONS'; buttons: GraphButton[] };

type GraphButton =
  | { type: 'QUICK_REPLY'; text: string }
  | { type: 'PHONE_NUMBER'; text: string; phone_number: string }
  | { type: 'URL'; text: string; url: string; example?: string[] };

const formats = { image: 'IMAGE', video: 'VIDEO', document: 'DOCUMENT' } as const;

/**
 * Makes the components of a template. Meta's reviewers require an example of each placeholder. Callers give none, so
 * the examples are texts such as `Example 1`.
 *
 * @param handle Meta's handle of the uploaded example, if the header has a medium
 */
export function templateComponents(template: Template, handle: string | undefined): TemplateComponent[] {
  const { content, buttons } = template;
  const values = examplesFor(content);
  return [
    ...header(template, handle),
    { type: 'BODY', text: content, ...(values.length === 0 ? {} : { example: { body_text: [values] } }) },
    ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS' as const, buttons: buttons.map(graphButton) }]),
  ];
}

function header(template: Template, handle: string | undefined): TemplateComponent[] {
  const kind = headerKindOf(template);
  if (kind === 'none') return [];
  if (kind !== 'text') {
    return [
      { type: 'HEADER', format: formats[kind], example: { header_handle: handle === undefined ? [] : [handle] } },
    ];
  }
  const text = template.headerText ?? '';
  const values = examplesFor(text);
  return [
    { type: 'HEADER', format: 'TEXT', text, ...(values.length === 0 ? {} : { example: { header_text: values } }) },
  ];
}

/** Makes an example for each placeholder of a text, in order. */
function examplesFor(text: string): string[] {
  const numbers = Array.from(text.matchAll(/\{\{(\d+)\}\}/g), ([, number]) => Number(number));
  return Array.from({ length: Math.max(0, ...numbers) }, (_, index) => `Example ${index + 1}`);
}

function graphButton({ type, label: text, data }: TemplateButton): GraphButton {
  if (type === 'QuickReply') return { type: 'QUICK_REPLY', text };
  if (type === 'Call') return { type: 'PHONE_NUMBER', text, phone_number: `+${data}` };
  const example = data.replace('{{1}}', 'example');
  return { type: 'URL', text, url: data, ...(example === data ? {} : { example: [example] }) };
}
