import { count } from '../core/plural.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { countPlaceholders, fillPlaceholders } from './placeholders.ts';
import type { TemplateValues } from './render-template.ts';
import { headerLimit, bodyLimit } from './template-fields.ts';
import { hasVariablePart, headerKindOf } from './template.ts';
import type { Template } from './template.ts';

/** The values with which a send fills a template; an empty text counts as not given. */
export interface TemplateParameters extends TemplateValues {
  /** One entry for each button, in the template's order. */
  buttons: readonly { type?: string; data?: string }[];
  attachmentUri?: string;
}

/** Max characters of a filled-in body if the template has only a body (Cloud API reference, messages). */
const bodyOnlyLimit = 32_768;

/**
 * Checks by WhatsApp's rules whether a send's parameters fit a template, so that we don't accept a send that WhatsApp
 * would refuse for every recipient. Returns the problems; their targets are the fields of the send: BodyParameters,
 * HeaderParameters, Buttons, AttachmentUri.
 */
export function checkParameters(template: Template, parameters: TemplateParameters): Problem[] {
  const { headerText = '', content, buttons } = template;
  const hasBodyAlone = headerKindOf(template) === 'none' && buttons.length === 0;
  return [
    ...checkValues(parameters.bodyParameters, {
      target: 'BodyParameters',
      text: content,
      limit: hasBodyAlone ? bodyOnlyLimit : bodyLimit,
    }),
    ...checkValues(parameters.headerParameters, {
      target: 'HeaderParameters',
      text: headerText,
      limit: headerLimit,
    }),
    ...checkButtons(template, parameters.buttons),
    ...checkAttachment(template, parameters.attachmentUri),
  ];
}

function checkValues(
  values: readonly string[],
  { target, text, limit }: { target: string; text: string; limit: number },
): Problem[] {
  const expected = countPlaceholders(text);
  if (values.length !== expected) {
    const rule = `must have ${count(expected, 'value')}, one for each placeholder of the template, but has ${values.length}`;
    return [problem('InvalidField', { target, rule })];
  }
  const problems = values.flatMap((value, index) => checkValue(value, `${target}[${index}]`));
  if (problems.length > 0) return problems;
  const length = Array.from(fillPlaceholders(text, values)).length;
  if (length <= limit) return [];
  const rule = `must make a text of at most ${limit} characters, but the text comes to ${length}`;
  return [problem('InvalidField', { target, rule })];
}

function checkValue(value: string, target: string): Problem[] {
  if (/^[\s\p{Cf}]*$/u.test(value)) return [problem('MissingField', { target })];
  if (!/[^\P{Cc}\0]| {5}/u.test(value)) return [];
  const rule = 'must not have a line break, a tab or more than four spaces in a row';
  return [problem('InvalidField', { target, rule })];
}

function checkButtons({ buttons: known }: Template, given: TemplateParameters['buttons']): Problem[] {
  const problems: Problem[] = [];
  const refuse = (target: string, rule: string): void => {
    problems.push(problem('InvalidField', { target, rule }));
  };
  if (given.length > known.length) {
    const has = known.length === 0 ? 'no buttons' : count(known.length, 'button');
    refuse('Buttons', `must not have more entries than the template has buttons: it has ${has}`);
    return problems;
  }
  for (const [index, button] of known.entries()) {
    const entry = given[index];
    const target = `Buttons[${index}]`;
    const isVariable = hasVariablePart(button);
    if (entry === undefined) {
      if (isVariable) problems.push(problem('MissingField', { target: `${target}.Data` }));
      continue;
    }
    const { type = '', data = '' } = entry;
    if (type !== '' && type !== button.type) {
      refuse(`${target}.Type`, `must be ${button.type}, the type of the template's buttons`);
    }
    if (isVariable && data.trim() === '') problems.push(problem('MissingField', { target: `${target}.Data` }));
    else if (isVariable && /[\s\p{Cc}]/u.test(data)) refuse(`${target}.Data`, 'must not have spaces or line breaks');
    else if (data !== '' && !isVariable && button.type !== 'QuickReply') {
      refuse(`${target}.Data`, 'must be left out: this button of the template has no variable part');
    }
  }
  return problems;
}

function checkAttachment(template: Template, attachmentUri: string | undefined): Problem[] {
  const target = 'AttachmentUri';
  const kind = headerKindOf(template);
  const isMedia = kind !== 'none' && kind !== 'text';
  const isGiven = attachmentUri !== undefined && attachmentUri !== '';
  if (isMedia && !isGiven) return [problem('MissingField', { target })];
  if (isMedia || !isGiven) return [];
  return [problem('InvalidField', { target, rule: 'must be left out: the template has no attachment' })];
}
