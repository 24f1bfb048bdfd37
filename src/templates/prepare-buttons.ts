import { isObject } from '../core/json.ts';
import { count } from '../core/plural.ts';
import type { Customer } from '../operation/access.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { parsePhoneNumber } from '../phone-numbers/index.ts';
import { numberingProblem } from './placeholders.ts';
import { buttonTypes } from './template.ts';
import type { ButtonType, TemplateButton } from './template.ts';
import { checkPlainText, checkWebAddress } from './text-rules.ts';

/** Max buttons of a template, by type (Cloud API reference, template components). */
const limits: Record<ButtonType, number> = { Call: 1, QuickReply: 10, Url: 2 };

/** Max characters of a phone number, and of the text that a quick reply sends back. */
const dataLimit = 20;

/** Parses and checks the buttons of a template. Ignores what the schema refuses anyway. */
export function prepareButtons(value: unknown, customer: Customer, problems: Problem[]): TemplateButton[] {
  if (!Array.isArray(value) || value.length > limits.QuickReply) return [];
  const buttons = value.map((entry, index) => prepareButton(entry, `Buttons[${index}]`, customer, problems));
  const type = buttons[0]?.type;
  const labels = new Map<string, number>();
  for (const [index, { type: own, label }] of buttons.entries()) {
    const refuse = (field: string, rule: string): void => {
      problems.push(problem('InvalidField', { target: `Buttons[${index}].${field}`, rule }));
    };
    if (own !== type && own !== undefined && type !== undefined) {
      refuse('Type', `must be ${type}, the type of the first button: all buttons of a template have the same type`);
    }
    const first = labels.get(label.toLowerCase());
    if (first !== undefined && label !== '') refuse('Label', `repeats the label of Buttons[${first}]`);
    else labels.set(label.toLowerCase(), index);
  }
  if (type !== undefined && value.length > limits[type]) {
    const rule = `must have at most ${count(limits[type], 'button')} of type ${type}`;
    problems.push(problem('InvalidField', { target: 'Buttons', rule }));
  }
  return buttons.map((button) => ({ ...button, type: button.type ?? 'QuickReply' }));
}

type Draft = Omit<TemplateButton, 'type'> & { type: ButtonType | undefined };

function prepareButton(entry: unknown, target: string, customer: Customer, problems: Problem[]): Draft {
  if (!isObject(entry)) return { type: undefined, label: '', data: '' };
  const { Type: word, Label: given, Data: data } = entry;
  const type = buttonTypes.find((known) => known === word);
  const label = typeof given === 'string' ? given.trim() : '';
  if (word === undefined) problems.push(problem('MissingField', { target: `${target}.Type` }));
  if (given === undefined || (typeof given === 'string' && label === '')) {
    problems.push(problem('MissingField', { target: `${target}.Label` }));
  }
  checkPlainText(label, { target: `${target}.Label`, problems });
  if (/\{\{|\}\}/.test(label)) {
    problems.push(problem('InvalidField', { target: `${target}.Label`, rule: 'must not have a placeholder' }));
  }
  return { type, label, data: readData(data, { type, label, target: `${target}.Data`, customer, problems }) };
}

interface ButtonField {
  type: ButtonType | undefined;
  label: string;
  target: string;
  customer: Customer;
  problems: Problem[];
}

function readData(value: unknown, place: ButtonField): string {
  const { type, label, target, problems } = place;
  if (type === undefined || (value !== undefined && typeof value !== 'string')) return '';
  const data = value?.trim() ?? '';
  if (data === '') {
    // A quick reply without its own text sends its label back.
    if (type !== 'QuickReply') problems.push(problem('MissingField', { target }));
    return label;
  }
  if (type === 'Url') return readAddress(data, place);
  if (Array.from(data).length > dataLimit) {
    problems.push(problem('InvalidField', { target, rule: `must be at most ${dataLimit} characters long` }));
    return '';
  }
  if (type === 'Call') return readNumber(data, place);
  checkPlainText(data, { target, problems });
  return data;
}

function readAddress(data: string, { target, problems }: ButtonField): string {
  const broken = numberingProblem(data);
  if (broken !== undefined || data.replace(/\{\{1\}\}$/, '').includes('{{')) {
    const rule = broken ?? 'must have no placeholder other than {{1}} at the end';
    problems.push(problem('InvalidField', { target, rule }));
  }
  checkWebAddress(data, target, problems);
  return data;
}

function readNumber(data: string, { target, customer, problems }: ButtonField): string {
  const parsed = parsePhoneNumber(data, [customer.region]);
  if (parsed === undefined) problems.push(problem('InvalidPhoneNumber', { target }));
  return parsed?.number ?? '';
}
