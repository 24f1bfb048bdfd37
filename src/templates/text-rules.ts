import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';

/** Characters of an address (Cloud API reference, URL buttons; more than any of its media links needs). */
const addressLimit = 2_000;

/** Refuses control characters; line feeds are one unless `lineBreaks` lets them stand. NUL is the kernel's to refuse. */
export function checkPlainText(
  text: string,
  { target, problems, lineBreaks = false }: { target: string; problems: Problem[]; lineBreaks?: boolean },
): void {
  const found = /[^\P{Cc}\0]/u.exec(lineBreaks ? text.replaceAll('\n', ' ') : text)?.[0];
  if (found === undefined) return;
  const what = /[\n\r]/.test(found) ? 'a line break' : found === '\t' ? 'a tab' : 'a control character';
  problems.push(problem('InvalidField', { target, rule: `must not have ${what}` }));
}

/** Refuses what is no absolute http or https address, or too long; undefined where there is none, or a refused one. */
export function checkWebAddress(value: unknown, target: string, problems: Problem[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // The parser drops tabs and line breaks, and what is stored would be another address than what was checked.
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
