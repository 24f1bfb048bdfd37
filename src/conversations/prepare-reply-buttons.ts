import { normaliseText } from '../messages/index.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import type { Thread } from './ports.ts';

/** Max buttons of one message (Meta's documentation of the Cloud API, "Interactive reply buttons messages"). */
export const buttonLimit = 3;

/**
 * Max characters of a label (Meta's documentation of its Node.js SDK, "Button Object", which also says they must be
 * unique).
 */
const labelLimit = 20;

/** Max characters of a text with buttons below it (Meta's documentation of its Node.js SDK, "Interactive Object"). */
export const textLimitWithButtons = 1_024;

/**
 * Returns the trimmed labels of a reply's buttons. Adds a problem if the channel has no buttons, and for each label
 * that is empty, too long, repeated or has characters that a phone can't show. Ignores what the schema refuses anyway.
 *
 * @param channel the thread's channel; undefined if there is no such thread, which the caller reports
 */
export function prepareReplyButtons(
  value: unknown,
  channel: Thread['channel'] | undefined,
  problems: Problem[],
): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > buttonLimit) return [];
  if (channel === 'SMS') {
    const rule = 'must be left out: SMS has no buttons';
    problems.push(problem('InvalidField', { target: 'Buttons', rule }));
    return [];
  }
  const labels = value.map((label: unknown) => (typeof label === 'string' ? normaliseText(label).trim() : undefined));
  const firsts = new Map<string, number>();
  for (const [index, label] of labels.entries()) {
    if (label === undefined) continue;
    // Labels that differ only in case look the same to the reader.
    const key = label.toLowerCase();
    const rule = labelProblem(label) ?? repeatProblem(firsts.get(key));
    if (rule !== undefined) problems.push(problem('InvalidField', { target: `Buttons[${index}]`, rule }));
    if (!firsts.has(key)) firsts.set(key, index);
  }
  return labels.filter((label) => label !== undefined);
}

function labelProblem(label: string): string | undefined {
  if (/^[\s\p{Cf}]*$/u.test(label)) return 'must have a visible character';
  if (label.length > labelLimit) return `must be at most ${labelLimit} characters long`;
  // The kernel refuses NUL.
  return /[^\P{Cc}\0]|[\p{Zl}\p{Zp}]/u.test(label) ? 'must not have line breaks or control characters' : undefined;
}

function repeatProblem(first: number | undefined): string | undefined {
  return first === undefined ? undefined : `repeats the label of Buttons[${first}]`;
}
