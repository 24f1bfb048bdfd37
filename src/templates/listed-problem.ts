import { countPlaceholders, numberingProblem } from './placeholders.ts';
import type { ListedTemplate } from './ports.ts';
import { hasVariablePart } from './template.ts';

/** Max characters of a text in a row of the store; WhatsApp's own limits are far lower. */
const textLimit = 32_000;

/** Returns why we can't store and send a carrier's template, as a part of a sentence; undefined if we can. */
export function listedProblem({
  name,
  language,
  content,
  headerText = '',
  buttons,
}: ListedTemplate): string | undefined {
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    return 'its name is not made of 1 to 512 lowercase letters, digits and underscores';
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$/i.test(language)) return 'its language is not a language code';
  if (content.trim() === '') return 'it has no text';
  if (content.length > textLimit || headerText.length > textLimit) return 'its text is too long';
  const contentProblem = numberingProblem(content);
  if (contentProblem !== undefined) return `its text ${contentProblem}`;
  const headerProblem = numberingProblem(headerText);
  if (headerProblem !== undefined) return `its header ${headerProblem}`;
  if (countPlaceholders(headerText) > 1) return 'its header has more than one placeholder';
  const isMisplaced = buttons.some(
    (button) => button.type === 'Url' && !hasVariablePart(button) && button.data.includes('{{'),
  );
  return isMisplaced ? 'the address of a button has a placeholder that is not at its end' : undefined;
}
