import { countPlaceholders, numberingProblem } from './placeholders.ts';
import type { ListedTemplate } from './ports.ts';
import { hasVariablePart } from './template.ts';

/** Characters of a text that a row of the store can hold; the platform's own limits are far below. */
const textLimit = 32_000;

/** Why a template of a carrier can't be stored and sent from here, as a part of a sentence; undefined where it can. */
export function listedProblem({
  name,
  language,
  content,
  headerText = '',
  buttons,
}: ListedTemplate): string | undefined {
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    return 'its name has characters other than lowercase letters, digits and underscores';
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$/i.test(language)) return 'its language is not a language code';
  if (content.trim() === '') return 'it has no text';
  if (content.length > textLimit || headerText.length > textLimit) return 'its text is too long';
  const contentProblem = numberingProblem(content);
  if (contentProblem !== undefined) return `its text ${contentProblem}`;
  const headerProblem = numberingProblem(headerText);
  if (headerProblem !== undefined) return `its header ${headerProblem}`;
  if (countPlaceholders(headerText) > 1) return 'its header has more than one placeholder';
  const odd = buttons.some((button) => button.type === 'Url' && !hasVariablePart(button) && button.data.includes('{{'));
  return odd ? "a button's address has a placeholder that is not at its end" : undefined;
}
