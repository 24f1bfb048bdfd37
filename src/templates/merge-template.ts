import type { ListedTemplate } from './ports.ts';
import { templateName } from './template-name.ts';
import { headerKindOf, keptReason } from './template.ts';
import type { Template, TemplateButton } from './template.ts';

/** The template to store, and how it differs from the stored one. */
export interface MergedTemplate {
  kind: 'added' | 'updated' | 'replaced' | 'unchanged';
  template: Template;
  /** Names of the fields that differ; empty if nothing was stored. */
  fields: readonly string[];
}

/** The fields of a template's content, by the names that the import shows. */
const essence: Readonly<Record<string, (template: Template) => unknown>> = {
  language: ({ language }) => language,
  category: ({ category }) => category,
  content: ({ content }) => content,
  header: (template) => [headerKindOf(template), template.headerText],
  buttons: ({ buttons }) => buttons.map(({ type, label, data }) => [type, label, data]),
};
/** The fields that come with the carrier's template status updates, by the names that the import shows. */
const review: typeof essence = {
  status: ({ status }) => status,
  reason: ({ reason }) => reason,
  reference: ({ carrierReference }) => carrierReference,
};

/**
 * Merges a carrier's template into the stored one. The carrier's fields win. Fields that carriers don't keep stay: the
 * display name, the example of the header's medium, and the text that a quick reply sends back.
 */
export function mergeTemplate(
  seen: Template | undefined,
  listed: ListedTemplate,
  { customerId, identity, now }: { customerId: string; identity: string; now: Date },
): MergedTemplate {
  const { name, language, category, content, status } = listed;
  const reason = keptReason(listed.reason);
  const carrierReference = listed.carrierReference ?? seen?.carrierReference;
  const template: Template = {
    customerId,
    identity,
    name,
    displayName: seen?.displayName ?? readableName(name),
    language,
    category,
    content,
    ...headerOf(seen, listed),
    buttons: listed.buttons.map((button, index) => mergeButton(seen?.buttons[index], button)),
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(carrierReference === undefined ? {} : { carrierReference }),
    createdAt: seen?.createdAt ?? now,
    updatedAt: now,
  };
  if (seen === undefined) return { kind: 'added', template, fields: [] };
  const differing = differences(essence, seen, template);
  const fields = [...differing, ...differences(review, seen, template)];
  if (fields.length === 0) return { kind: 'unchanged', template: seen, fields };
  return { kind: differing.length > 0 ? 'replaced' : 'updated', template, fields };
}

function differences(of: typeof essence, one: Template, other: Template): string[] {
  return Object.entries(of).flatMap(([word, part]) =>
    JSON.stringify(part(one)) === JSON.stringify(part(other)) ? [] : [word],
  );
}

function headerOf(
  seen: Template | undefined,
  listed: ListedTemplate,
): Pick<Template, 'headerText' | 'attachmentUrl' | 'attachmentKind'> {
  const kind = headerKindOf(listed);
  if (kind === 'none') return {};
  if (kind === 'text') return listed.headerText === undefined ? {} : { headerText: listed.headerText };
  const example = listed.attachmentUrl ?? (seen && headerKindOf(seen) === kind ? seen.attachmentUrl : undefined);
  return { attachmentKind: kind, ...(example === undefined ? {} : { attachmentUrl: example }) };
}

function mergeButton(seen: TemplateButton | undefined, listed: TemplateButton): TemplateButton {
  const isSameReply = seen?.type === 'QuickReply' && listed.type === 'QuickReply' && seen.label === listed.label;
  return isSameReply ? seen : listed;
}

/**
 * Returns `Order ready` for `order_ready`, if that display name gives the same name again; otherwise the name itself.
 */
function readableName(name: string): string {
  const words = name.replaceAll('_', ' ');
  const readable = words.slice(0, 1).toUpperCase() + words.slice(1);
  return templateName(readable) === name ? readable : name;
}
