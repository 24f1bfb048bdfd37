import type { ImportOutcome, ImportStep, Template } from '../../templates/index.ts';

/** Describes templates, sorted by name: a line each, without its text. */
export function describeTemplates(templates: readonly Template[]): string[] {
  return templates
    .toSorted((one, two) => (one.name < two.name ? -1 : 1))
    .map(({ name, identity, language, status, reason, updatedAt }) =>
      [
        `${name}  of ${identity}  ${language}  ${status}`,
        `changed ${updatedAt.toISOString()}`,
        ...(reason === undefined ? [] : [onOneLine(reason)]),
      ].join('  '),
    );
}

/** Describes what an import did, a line per change, or why it did nothing. */
export function describeImport(number: string, result: ImportOutcome): string[] {
  if (result.outcome === 'refused') return [`${number} ${onOneLine(result.why)}`];
  const { identity, customerId, steps } = result;
  const isChanged = steps.some(({ kind }) => kind !== 'left' && kind !== 'unchanged');
  return [
    `${identity} of ${customerId}:`,
    ...steps.flatMap(describeStep),
    isChanged ? 'Written. Sends use the change within a minute.' : 'Nothing has changed.',
  ];
}

const signs = { added: '+', updated: '~', replaced: '~' } as const;

function describeStep(step: ImportStep): string[] {
  if (step.kind === 'left') return [`  ${step.name} ${step.why}`];
  const { name, language } = step.template;
  const others = step.otherLanguages.join(', ');
  const choice = `  ${name} is stored in ${language}: the carrier also has it in ${others}, but only one language is stored`;
  return [...describeChange(step), ...(others === '' ? [] : [choice])];
}

function describeChange({ kind, template, fields }: Exclude<ImportStep, { kind: 'left' }>): string[] {
  if (kind === 'unchanged') return [];
  const { name, language, status, reason } = template;
  const what = fields.length === 0 ? kind : `${kind}: ${fields.join(', ')}`;
  const why = reason === undefined ? [] : [`    ${onOneLine(reason)}`];
  return [`${signs[kind]} ${name}  ${language}  ${status}  ${what}`, ...why];
}

/** Puts a carrier's text, which may contain line breaks and control characters, on one line. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}
