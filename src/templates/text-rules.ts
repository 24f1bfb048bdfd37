import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';

/** Max characters of an address (Cloud API reference, URL buttons; media links need fewer). */
const addressLimit = 2_000;

/** Refuses control characters, including line feeds unless `lineBreaks` is true. The kernel refuses NUL. */
export function checkPlainText(
  text: string,
  { target, problems, lineBreaks = false }: { target: string; problems: Problem[]; lineBreaks?: boolean },
): void {
  const found = /[^\P{Cc}\0]/u.exec(lineBreaks ? text.replaceAll('\n', ' ') : text)?.[0];
  if (found === undefined) return;
  const what = /[\n\r]/.test(found) ? 'a line break' : found === '\t' ? 'a tab' : 'a control character';
  problems.push(problem('InvalidField', { target, rule: `must not have ${what}` }));
}

/** Returns a trimmed http or https address. Adds a problem and returns undefined if it is invalid or too long. */
export function checkWebAddress(value: unknown, target: string, problems: Problem[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // The parser drops tabs and line breaks, so the stored address would differ from the one that was checked.
  const url = /[\s\p{Cc}]/u.test(text) ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || /[{}]/.test(url.host)) {
    problems.push(problem('InvalidUrl', { target }));
    return undefined;
  }
  if (text.length > addressLimit) {
    problems.push(problem('InvalidField', { target, rule: `must be at most ${addressLimit} characters long` }));
    return undefined;
  }
  return text;
}
