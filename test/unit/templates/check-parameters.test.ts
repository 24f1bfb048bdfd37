import { describe, expect, test } from 'vitest';

import { checkParameters, renderTemplate } from '../../../src/templates/index.ts';
import type { TemplateParameters } from '../../../src/templates/check-parameters.ts';
import type { Template } from '../../../src/templates/index.ts';
import { storedTemplate } from '../../support/samples/templates.ts';

const nothing: TemplateParameters = { bodyParameters: [], headerParameters: [], buttons: [] };

/** Returns the problems of a send's parameters as `code target: message`. */
const problemsOf = (template: Partial<Template>, parameters: Partial<TemplateParameters>): string[] =>
  checkParameters(storedTemplate(template), { ...nothing, ...parameters }).map(
    ({ code, target, message }) => `${code} ${target}: ${message}`,
  );

const missing = (target: string) =>
  `MissingField ${target}: ${target} is required and must not be empty. Enter a value.`;

describe('values', () => {
  test('there must be one for each placeholder', () => {
    const perPlaceholder = 'one for each placeholder of the template, but has';
    expect(problemsOf({}, { bodyParameters: ['Aino', '7'] })).toEqual([]);
    expect(problemsOf({}, { bodyParameters: ['Aino'] })).toEqual([
      `InvalidField BodyParameters: BodyParameters must have 2 values, ${perPlaceholder} 1.`,
    ]);
    expect(problemsOf({}, {})).toEqual([
      `InvalidField BodyParameters: BodyParameters must have 2 values, ${perPlaceholder} 0.`,
    ]);
    expect(problemsOf({ content: 'Hi.' }, { bodyParameters: ['Aino'] })).toEqual([
      `InvalidField BodyParameters: BodyParameters must have 0 values, ${perPlaceholder} 1.`,
    ]);
    expect(problemsOf({ content: 'Hi.', headerText: 'Order {{1}}' }, {})).toEqual([
      `InvalidField HeaderParameters: HeaderParameters must have 1 value, ${perPlaceholder} 0.`,
    ]);
    expect(problemsOf({ content: 'Hi.' }, { headerParameters: ['7'] })).toEqual([
      `InvalidField HeaderParameters: HeaderParameters must have 0 values, ${perPlaceholder} 1.`,
    ]);
    expect(problemsOf({ content: 'Hi {{1}}, {{1}}.' }, { bodyParameters: ['Aino'] })).toEqual([]);
  });

  test.each(['', ' ', '\u200b', '\n'])('%j counts as empty', (value) => {
    expect(problemsOf({}, { bodyParameters: ['Aino', value] })).toEqual([missing('BodyParameters[1]')]);
  });

  test.each(['a\nb', 'a\rb', 'a\tb', 'a     b', 'a\u0007b', 'a\u0085b'])('%j is refused', (value) => {
    expect(problemsOf({ headerText: 'No {{1}}' }, { bodyParameters: [value, 'b'], headerParameters: [value] })).toEqual(
      ['BodyParameters[0]', 'HeaderParameters[0]'].map(
        (target) =>
          `InvalidField ${target}: ${target} must not have a line break, a tab or more than four spaces in a row.`,
      ),
    );
  });

  test.each(['a    b', 'ä 😀 {{1}} $(name)', '0'])('%j is accepted', (value) => {
    expect(problemsOf({}, { bodyParameters: [value, value] })).toEqual([]);
  });

  const short: Partial<Template> = { content: 'Hi {{1}}.' };
  const withButton: Partial<Template> = { ...short, buttons: [{ type: 'QuickReply', label: 'Yes', data: 'yes' }] };
  test.each<[Partial<Template>, number]>([
    [short, 32_768],
    [withButton, 1_024],
    [{ ...short, headerText: 'Order' }, 1_024],
  ])('with %j, the body may have %i characters', (template, limit) => {
    expect(problemsOf(template, { bodyParameters: ['x'.repeat(limit - 4)] })).toEqual([]);
    expect(problemsOf(template, { bodyParameters: ['x'.repeat(limit - 3)] })).toEqual([
      `InvalidField BodyParameters: BodyParameters must make a text of at most ${limit} characters, but the text comes to ${limit + 1}.`,
    ]);
  });

  test('the header may have 60 characters', () => {
    const template = { content: 'Hi.', headerText: 'Order {{1}}' };
    expect(problemsOf(template, { headerParameters: ['😀'.repeat(54)] })).toEqual([]);
    expect(problemsOf(template, { headerParameters: ['x'.repeat(55)] })).toEqual([
      `InvalidField HeaderParameters: HeaderParameters must make a text of at most 60 characters, but the text comes to 61.`,
    ]);
  });
});

describe('buttons', () => {
  const content = 'Hi.';
  const url = (data: string) => ({ type: 'Url' as const, label: 'Show', data });
  const variable = url('https://example.com/{{1}}');
  const fixed = url('https://example.com/');
  const call = { type: 'Call' as const, label: 'Call', data: '358207434242' };
  const reply = { type: 'QuickReply' as const, label: 'Yes', data: 'yes' };

  test.each<[string, Template['buttons'], TemplateParameters['buttons']]>([
    ['no buttons', [], []],
    ['no entries for fixed ones', [fixed, fixed], []],
    ['a variable part', [variable], [{ type: 'Url', data: 'orders/7' }]],
    ['a variable part without a type', [variable], [{ data: '7' }]],
    [
      'an empty entry for a fixed one',
      [fixed, variable],
      [
        { type: 'Url', data: '' },
        { type: 'Url', data: '7' },
      ],
    ],
    ['a text that a quick reply sends back', [reply, reply], [{ type: 'QuickReply', data: 'order-7-yes' }]],
    ['a quick reply as it is', [reply], [{ type: 'QuickReply' }]],
    ['a call as it is', [call], [{ type: 'Call' }]],
  ])('%s: accepted', (_, buttons, given) => {
    expect(problemsOf({ content, buttons }, { buttons: given })).toEqual([]);
  });

  test.each<[string, Template['buttons'], TemplateParameters['buttons'], string[]]>([
    [
      'more than the template has',
      [reply],
      [{ type: 'QuickReply' }, { type: 'QuickReply' }],
      [`InvalidField Buttons: Buttons must not have more entries than the template has buttons: it has 1 button.`],
    ],
    [
      'one, but the template has none',
      [],
      [{ type: 'Url', data: '7' }],
      [`InvalidField Buttons: Buttons must not have more entries than the template has buttons: it has no buttons.`],
    ],
    [
      'of another type',
      [variable],
      [{ type: 'QuickReply', data: '7' }],
      [`InvalidField Buttons[0].Type: Buttons[0].Type must be Url, the type of the template's buttons.`],
    ],
    ['no variable part', [fixed, variable], [{ type: 'Url' }], [missing('Buttons[1].Data')]],
    ['an empty variable part', [variable], [{ type: 'Url', data: ' ' }], [missing('Buttons[0].Data')]],
    [
      'a variable part with a space',
      [variable],
      [{ type: 'Url', data: 'a b' }],
      [`InvalidField Buttons[0].Data: Buttons[0].Data must not have spaces or line breaks.`],
    ],
    [
      'a variable part for a fixed address',
      [fixed],
      [{ type: 'Url', data: '7' }],
      [
        `InvalidField Buttons[0].Data: Buttons[0].Data must be left out: this button of the template has no variable part.`,
      ],
    ],
    [
      'a number to call',
      [call],
      [{ type: 'Call', data: '358401234567' }],
      [
        `InvalidField Buttons[0].Data: Buttons[0].Data must be left out: this button of the template has no variable part.`,
      ],
    ],
  ])('%s: refused', (_, buttons, given, problems) => {
    expect(problemsOf({ content, buttons }, { buttons: given })).toEqual(problems);
  });
});

describe('an attachment', () => {
  const attachmentUri = 'https://example.com/order-7.pdf';
  const template = { content: 'Hi.', attachmentUrl: 'https://example.com/a.pdf' };

  test('is required if the header is a medium', () => {
    expect(problemsOf(template, { attachmentUri })).toEqual([]);
    expect(problemsOf(template, {})).toEqual([missing('AttachmentUri')]);
    expect(problemsOf(template, { attachmentUri: '' })).toEqual([missing('AttachmentUri')]);
  });

  test.each([{}, { headerText: 'Order' }])('is refused with %j', (header) => {
    expect(problemsOf({ content: 'Hi.', ...header }, { attachmentUri })).toEqual([
      `InvalidField AttachmentUri: AttachmentUri must be left out: the template has no attachment.`,
    ]);
    expect(problemsOf({ content: 'Hi.', ...header }, { attachmentUri: '' })).toEqual([]);
  });
});

describe('the rendered text', () => {
  test('is the body, filled with its values', () => {
    const values = { bodyParameters: ['Aino {{2}}', '7'], headerParameters: [] };
    expect(renderTemplate(storedTemplate(), values)).toBe('Hi Aino {{2}}, your order 7 is ready.');
  });

  test('has the header above it, but no medium', () => {
    const values = { bodyParameters: [], headerParameters: ['7'] };
    expect(renderTemplate(storedTemplate({ content: 'Hi.', headerText: 'Order {{1}}' }), values)).toBe(
      'Order 7\n\nHi.',
    );
    expect(renderTemplate(storedTemplate({ content: 'Hi.', attachmentUrl: 'https://example.com/a.pdf' }), values)).toBe(
      'Hi.',
    );
  });
});
