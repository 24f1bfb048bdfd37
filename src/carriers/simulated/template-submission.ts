import { BadSubmission, isRecord, parseBody } from './submission.ts';

/** A template that a client submits. */
export interface SubmittedTemplate {
  /** The WhatsApp number that sends it. */
  identity: string;
  /** Unique within the number. */
  name: string;
  displayName: string;
  language: string;
  category: string;
  content: string;
  headerText?: string;
  attachmentUrl?: string;
  buttons: { type: string; label: string; data: string }[];
}

const required = ['identity', 'name', 'displayName', 'language', 'category', 'content'] as const;
const optional = ['headerText', 'attachmentUrl'] as const;
const ofButtons = ['type', 'label', 'data'] as const;

/** Copies the known fields only, so that nothing else that a client sends is stored. */
function readTexts(record: Record<string, unknown>, place: string, names: readonly string[]): Record<string, string> {
  const texts = names.map((name): [string, string] => {
    const value = record[name];
    if (typeof value !== 'string' || value === '') {
      throw new BadSubmission(`${place}.${name} must be a text that is not empty.`);
    }
    return [name, value];
  });
  return Object.fromEntries(texts);
}

/**
 * Parses the body of `POST /templates`.
 *
 * @throws {BadSubmission} names the first invalid field
 */
export function parseTemplateSubmission(text: string): { reportUrl: string; template: SubmittedTemplate } {
  const { reportUrl, template } = parseBody(text);
  if (!isRecord(template)) throw new BadSubmission('template must be an object.');
  const { buttons } = template;
  if (!Array.isArray(buttons) || !buttons.every(isRecord)) {
    throw new BadSubmission('template.buttons must be a list of objects.');
  }
  const given = optional.filter((name) => template[name] !== undefined);
  return {
    reportUrl,
    template: {
      ...readTexts(template, 'template', [...required, ...given]),
      buttons: buttons.map((button, index) => readTexts(button, `template.buttons[${index}]`, ofButtons)),
    } as unknown as SubmittedTemplate,
  };
}
