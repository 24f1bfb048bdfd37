import { normaliseText } from '../messages/index.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import type { Thread } from './ports.ts';

/** Buttons of one message (Meta's documentation of the Cloud API, "Interactive reply buttons messages"). */
export const buttonLimit = 3;

/** Characters of a label (Meta's documentation of its Node.js SDK, "Button Object": also that no two may be alike). */
const labelLimit = 20;

/** Characters of a text that has buttons below it (the same, "Interactive Object"). */
export const textLimitWithButtons = 1_024;

/**
 * The labels of a reply's buttons, trimmed; none where none are given. Problems where the channel has no buttons, and
 * where a label is not what a phone can show. Passes over what the schema refuses anyway.
 *
 * @param channel the thread's; undefined where there is no such thread, which somebody else tells
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
    // A phone's owner can't tell labels apart that differ in capitals alone.
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
  // NUL is the kernel's to refuse.
  return /[^\P{Cc}\0]|[\p{Zl}\p{Zp}]/u.test(label) ? 'must not have line breaks or control characters' : undefined;
}

function repeatProblem(first: number | undefined): string | undefined {
  return first === undefined ? undefined : `repeats the label of Buttons[${first}]`;
}
