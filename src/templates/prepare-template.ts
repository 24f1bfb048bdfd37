import { isObject } from '../core/json.ts';
import type { Customer } from '../operation/access.ts';
import type { Preparation } from '../operation/define-operation.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { categoryNames, readCategory } from './categories.ts';
import { isLanguageCode } from './language.ts';
import { countPlaceholders, numberingProblem, placingProblem } from './placeholders.ts';
import { prepareButtons } from './prepare-buttons.ts';
import { templateName } from './template-name.ts';
import { mediaKindOf } from './template.ts';
import type { NewTemplate } from './template.ts';
import { checkPlainText, checkWebAddress } from './text-rules.ts';

/** A request to create a template. Its body has not been validated: it may be any JSON. */
interface Draft {
  body: unknown;
  customer: Customer;
  /** One of the customer's WhatsApp numbers. */
  identity: string;
}

/**
 * Applies the rules of a template that its schema can't express, so that a maker doesn't wait for WhatsApp's review of
 * a template that WhatsApp would refuse. The rules are from WhatsApp's template guidelines and its reference of
 * template components. Ignores what the schema refuses anyway.
 */
export function prepareTemplate({ body, customer, identity }: Draft): Preparation<NewTemplate> {
  const fields = isObject(body) ? body : {};
  const problems: Problem[] = [];
  const displayName = readText(fields['DisplayName'], 'DisplayName', problems);
  const name = checkName(displayName, problems);
  const content = readText(fields['RawContent'], 'RawContent', problems);
  checkContent(content, problems);
  const category = checkCategory(fields['Category'], problems);
  const language = checkLanguage(fields['Language'], problems);
  const buttons = prepareButtons(fields['Buttons'], customer, problems);
  const headerText = readText(fields['HeaderText'], 'HeaderText', problems);
  const attachmentUrl = checkAttachment(fields['AttachmentUrl'], problems);
  const template: NewTemplate = {
    customerId: customer.id,
    identity,
    name,
    displayName: displayName ?? '',
    language,
    category: category ?? 'UTILITY',
    content: content ?? '',
    buttons,
    ...(headerText === undefined ? {} : { headerText }),
    ...(attachmentUrl === undefined ? {} : { attachmentUrl }),
  };
  checkHeader(template, problems);
  if (category === 'AUTHENTICATION') checkAuthentication(template, problems);
  return { problems, prepared: template };
}

/** Returns a text trimmed and with each line break as a line feed; undefined if it is not a text. */
function readText(value: unknown, target: string, problems: Problem[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replaceAll('\r\n', '\n').trim();
  if (value !== '' && /^[\s\p{Cf}]*$/u.test(text)) {
    problems.push(problem(target === 'DisplayName' ? 'MissingField' : 'EmptyContent', { target }));
  }
  checkPlainText(text, { target, problems, lineBreaks: target === 'RawContent' });
  return text;
}

function checkName(displayName: string | undefined, problems: Problem[]): string {
  const name = displayName === undefined ? '' : templateName(displayName);
  if (name !== undefined) return name;
  if (displayName !== '') {
    const rule =
      'must have Latin letters or digits, and no letters of other scripts: the id of the template is made from it';
    problems.push(problem('InvalidField', { target: 'DisplayName', rule }));
  }
  return '';
}

function checkLanguage(value: unknown, problems: Problem[]): string {
  if (typeof value !== 'string') return '';
  const language = value.trim().toLowerCase();
  if (!isLanguageCode(language)) {
    const rule = 'must be a two-letter language code of ISO 639-1, for example en';
    problems.push(problem('InvalidField', { target: 'Language', rule }));
  }
  return language;
}

function checkCategory(value: unknown, problems: Problem[]): NewTemplate['category'] | undefined {
  if (typeof value !== 'string') return undefined;
  const category = readCategory(value);
  if (category === undefined) {
    problems.push(problem('InvalidField', { target: 'Category', rule: `must be one of ${categoryNames.join(', ')}` }));
  }
  return category;
}

function checkContent(content: string | undefined, problems: Problem[]): void {
  const rule = content === undefined ? undefined : (numberingProblem(content) ?? placingProblem(content));
  if (rule !== undefined) problems.push(problem('InvalidField', { target: 'RawContent', rule }));
}

function checkHeader({ headerText, attachmentUrl }: NewTemplate, problems: Problem[]): void {
  if (headerText === undefined) return;
  const refuse = (rule: string): void => {
    problems.push(problem('InvalidField', { target: 'HeaderText', rule }));
  };
  const broken = numberingProblem(headerText);
  if (broken !== undefined) refuse(broken);
  else if (countPlaceholders(headerText) > 1) refuse('must have at most one placeholder');
  if (/[*\p{Emoji_Presentation}\ufe0f]/u.test(headerText)) refuse('must have neither an asterisk nor an emoji');
  if (attachmentUrl !== undefined)
    refuse('must be left out if there is an AttachmentUrl: a template has only one header');
}

function checkAttachment(value: unknown, problems: Problem[]): string | undefined {
  const url = checkWebAddress(value, 'AttachmentUrl', problems);
  if (url !== undefined && mediaKindOf(url) === undefined) {
    const rule =
      'must lead to an image (.jpg, .png), a video (.mp4, .3gp) or a document (.pdf, .docx, .xlsx, .pptx, .txt)';
    problems.push(problem('InvalidField', { target: 'AttachmentUrl', rule }));
  }
  return url;
}

/** WhatsApp defines the form of authentication templates: anything besides the text is refused. */
function checkAuthentication({ headerText, attachmentUrl, buttons }: NewTemplate, problems: Problem[]): void {
  const present = [
    ...(headerText === undefined ? [] : ['HeaderText']),
    ...(attachmentUrl === undefined ? [] : ['AttachmentUrl']),
    ...(buttons.length === 0 ? [] : ['Buttons']),
  ];
  for (const target of present) {
    problems.push(
      problem('InvalidField', { target, rule: 'must be left out of a template of the category Authentication' }),
    );
  }
}
