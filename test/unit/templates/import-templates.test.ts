import { describe, expect, test } from 'vitest';

import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { createMemoryTemplateStore } from '../../support/fakes/template-store.ts';
import { createTemplateReader, importTemplates } from '../../../src/templates/index.ts';
import type { ImportStep, ListedTemplate, ListOutcome, Template } from '../../../src/templates/index.ts';
import { customerEntry } from '../../support/samples/directory.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { storedTemplate } from '../../support/samples/templates.ts';

const identity = '358401000001';
const second = '358401000002';
const later = new Date(testNow.getTime() + 60 * 60_000);
const minutesAgo = (count: number): Date => new Date(later.getTime() - count * 60_000);

const directory = createMemoryDirectory({
  customers: [
    customerEntry('demo', { whatsappIdentities: [identity, second] }),
    customerEntry('other', { whatsappIdentities: ['358401000003'] }),
  ],
  users: [],
});

/** Returns the carrier's version of `order_ready`, like that of storedTemplate, with some fields replaced. */
function listedTemplate(details: Partial<ListedTemplate> = {}): ListedTemplate {
  return {
    identity,
    name: 'order_ready',
    language: 'en',
    category: 'UTILITY',
    content: 'Hi {{1}}, your order {{2}} is ready.',
    buttons: [],
    status: 'approved',
    carrierReference: 'carrier-1',
    ...details,
  };
}

/** Sets up a store with templates, and a carrier that lists what the script says. */
async function open({ stored = [] }: { stored?: readonly Template[] } = {}) {
  const store = createMemoryTemplateStore();
  for (const template of stored) await store.create(template);
  return {
    store,
    run: async (
      script: readonly ListedTemplate[] | (() => Promise<ListOutcome>),
      { number = identity, now = later, manages = true } = {},
    ) => {
      const list = async (): Promise<ListOutcome> =>
        typeof script === 'function' ? script() : { outcome: 'listed', templates: [...script] };
      const templateCarrier = { manages: () => manages, list };
      return importTemplates(number, {
        directory,
        templates: { store: store, carrier: templateCarrier },
        now: () => now,
      });
    },
    read: async (name = 'order_ready') => (await store.read('demo', name))?.template,
  };
}

/** Summarises an import: a line for each template. */
function brief(outcome: Awaited<ReturnType<typeof importTemplates>>): string[] {
  if (outcome.outcome === 'refused') return [outcome.why];
  const word = (step: ImportStep): string => {
    if (step.kind === 'left') return `${step.name} ${step.why}`;
    const more = step.fields.length === 0 ? '' : `: ${step.fields.join(', ')}`;
    const others = step.otherLanguages.length === 0 ? '' : `, also in ${step.otherLanguages.join(', ')}`;
    return `${step.template.name} (${step.template.language}) ${step.kind}${more}${others}`;
  };
  return outcome.steps.map(word);
}

const approved = storedTemplate({ status: 'approved', carrierReference: 'carrier-1' });

describe('a template that is not stored', () => {
  test('is added for the customer with the number, with a readable display name, and can be sent', async () => {
    const { run, read, store } = await open();
    expect(brief(await run([listedTemplate()], { number: '+358 40 100 0001' }))).toEqual(['order_ready (en) added']);
    const expected = storedTemplate({
      status: 'approved',
      carrierReference: 'carrier-1',
      createdAt: later,
      updatedAt: later,
    });
    expect(await read()).toEqual(expected);
    const reader = createTemplateReader(store, { now: () => later });
    expect(await reader.approved('demo', 'order_ready')).toEqual(expected);
    expect(await store.list('other')).toEqual([]);
  });

  test.each([
    ['order_ready', 'Order ready'],
    ['order__ready', 'order__ready'],
    ['_x', '_x'],
    ['4711', '4711'],
  ])('named %s gets the display name %s', async (name, displayName) => {
    const { run, read } = await open();
    await run([listedTemplate({ name })]);
    expect((await read(name))?.displayName).toBe(displayName);
  });

  test('is added with all its fields, even if it is not approved', async () => {
    const { run, read } = await open();
    const buttons = [{ type: 'Url' as const, label: 'See', data: 'https://example.com/{{1}}' }];
    const listed = listedTemplate({
      category: 'MARKETING',
      attachmentKind: 'video',
      buttons,
      status: 'rejected',
      reason: 'r'.repeat(2_000),
    });
    await run([listed]);
    expect(await read()).toMatchObject({
      category: 'MARKETING',
      attachmentKind: 'video',
      buttons,
      status: 'rejected',
      reason: 'r'.repeat(1_000),
    });
  });
});

describe('a stored template', () => {
  test('gets the carrier’s status, reason and reference, and nothing else changes', async () => {
    const pending = storedTemplate({ carrierReference: 'carrier-1', displayName: 'ORDER READY!' });
    const { run, read } = await open({ stored: [pending] });
    expect(brief(await run([listedTemplate()]))).toEqual(['order_ready (en) updated: status']);
    expect(await read()).toEqual({ ...pending, status: 'approved', updatedAt: later });
    const rejected = listedTemplate({ status: 'rejected', reason: 'PAUSED', carrierReference: 'carrier-2' });
    expect(brief(await run([rejected]))).toEqual(['order_ready (en) updated: status, reason, reference']);
    expect(brief(await run([listedTemplate({ carrierReference: 'carrier-2' })]))).toEqual([
      'order_ready (en) updated: status, reason',
    ]);
    expect(await read()).not.toHaveProperty('reason');
  });

  test('keeps the carrier’s id if the list has none', async () => {
    const { run, read } = await open({ stored: [approved] });
    const { carrierReference: _, ...listed } = listedTemplate();
    expect(brief(await run([listed]))).toEqual(['order_ready (en) unchanged']);
    expect(await read()).toEqual(approved);
  });

  test.each<[string, Partial<ListedTemplate>]>([
    ['category', { category: 'MARKETING' }],
    ['content', { content: 'Another.' }],
    ['header', { headerText: 'Order' }],
    ['header', { attachmentKind: 'image' }],
    ['buttons', { buttons: [{ type: 'Call', label: 'Call us', data: '358401000001' }] }],
    ['language', { language: 'fi' }],
  ])('is replaced if its %s differs', async (field, details) => {
    const { run, read } = await open({ stored: [approved] });
    expect(brief(await run([listedTemplate(details)]))).toEqual([
      `order_ready (${details.language ?? 'en'}) replaced: ${field}`,
    ]);
    expect(await read()).toEqual({ ...approved, ...details, updatedAt: later });
  });

  test('loses its header if the carrier’s has none', async () => {
    const { run, read } = await open({ stored: [{ ...approved, headerText: 'Order {{1}}' }] });
    expect(brief(await run([listedTemplate()]))).toEqual(['order_ready (en) replaced: header']);
    expect(await read()).toEqual({ ...approved, updatedAt: later });
  });

  test('keeps what carriers don’t keep: the example of a header, and the text that a quick reply sends back', async () => {
    const reply = { type: 'QuickReply' as const, label: 'Yes', data: 'yes-please' };
    const made = { ...approved, attachmentUrl: 'https://example.com/a.pdf', buttons: [reply] };
    const { run, read } = await open({ stored: [made] });
    const buttons = [{ ...reply, data: 'Yes' }];
    const listed = listedTemplate({ attachmentKind: 'document', buttons });
    expect(brief(await run([listed]))).toEqual(['order_ready (en) unchanged']);
    await run([{ ...listed, content: 'Another.' }]);
    expect(await read()).toMatchObject({ attachmentUrl: 'https://example.com/a.pdf', buttons: [reply] });
    await run([{ ...listed, attachmentKind: 'image', buttons: [{ ...reply, label: 'No', data: 'No' }] }]);
    expect(await read()).toMatchObject({ attachmentKind: 'image', buttons: [{ label: 'No', data: 'No' }] });
    expect(await read()).not.toHaveProperty('attachmentUrl');
  });

  test('stays and is reported if the carrier does not list it, unless it is of another number', async () => {
    const gone = { ...approved, name: 'gone' };
    const elsewhere = { ...approved, name: 'elsewhere', identity: second };
    const { run, read } = await open({ stored: [gone, elsewhere] });
    expect(brief(await run([]))).toEqual(['gone stays as it is: the carrier does not list it']);
    expect([await read('gone'), await read('elsewhere')]).toEqual([gone, elsewhere]);
  });

  test('of another number of the customer stays unchanged', async () => {
    const elsewhere = { ...approved, identity: second };
    const { run, read } = await open({ stored: [elsewhere] });
    expect(brief(await run([listedTemplate({ content: 'Another.' })]))).toEqual([
      'order_ready stays as it is: it is stored for 358401000002',
    ]);
    expect(await read()).toEqual(elsewhere);
  });
});

test('a second import changes nothing', async () => {
  const { run, store } = await open({ stored: [approved, { ...approved, name: 'gone' }] });
  const listed = [
    listedTemplate({ content: 'Another.', headerText: 'Order {{1}}' }),
    listedTemplate({ name: 'picture', attachmentKind: 'image' }),
    listedTemplate({ name: 'reply', buttons: [{ type: 'QuickReply', label: 'Yes', data: 'Yes' }] }),
    listedTemplate({ name: 'sad', status: 'rejected', reason: 'x'.repeat(5_000) }),
    listedTemplate({ name: 'two', language: 'sv' }),
    listedTemplate({ name: 'two', language: 'fi' }),
  ];
  await run(listed);
  const before = await store.list('demo');
  expect(brief(await run(listed.toReversed(), { now: new Date(later.getTime() + 60_000) }))).toEqual([
    'gone stays as it is: the carrier does not list it',
    'order_ready (en) unchanged',
    'picture (en) unchanged',
    'reply (en) unchanged',
    'sad (en) unchanged',
    'two (fi) unchanged, also in sv',
  ]);
  expect(await store.list('demo')).toEqual(before);
});

describe('a pending template', () => {
  test('gets the carrier’s text if that differs', async () => {
    const { run, read } = await open({ stored: [storedTemplate({ carrierReference: 'carrier-1' })] });
    expect(brief(await run([listedTemplate({ content: 'Another.', status: 'pending' })]))).toEqual([
      'order_ready (en) replaced: content',
    ]);
    expect(await read()).toMatchObject({ content: 'Another.', status: 'pending', createdAt: testNow });
  });

  test('that is being submitted stays unchanged for ten minutes', async () => {
    const underWay = storedTemplate({ createdAt: minutesAgo(10), updatedAt: minutesAgo(10) });
    const { run, read } = await open({ stored: [underWay] });
    const listed = [listedTemplate({ content: 'Another.' })];
    const why = 'order_ready stays as it is: it is being submitted right now; run this again in ten minutes';
    expect(brief(await run(listed))).toEqual([why]);
    expect(await read()).toEqual(underWay);
    expect(brief(await run(listed, { now: new Date(later.getTime() + 1) }))).toEqual([
      'order_ready (en) replaced: content, status, reference',
    ]);
  });

  test('in a language that the carrier does not list stays, since the list may only be late', async () => {
    const pending = storedTemplate({ carrierReference: 'carrier-1' });
    const { run, read } = await open({ stored: [pending] });
    expect(brief(await run([listedTemplate({ language: 'fi' })]))).toEqual([
      'order_ready stays as it is: it waits for its review in en, which the carrier does not list yet',
    ]);
    expect(await read()).toEqual(pending);
  });

  test('that was never submitted is replaced by one in another language', async () => {
    const { run } = await open({ stored: [storedTemplate()] });
    expect(brief(await run([listedTemplate({ language: 'fi' })]))).toEqual([
      'order_ready (fi) replaced: language, status, reference',
    ]);
  });
});

describe('a name in several languages', () => {
  const inLanguages = (...languages: readonly (string | [string, ListedTemplate['status']])[]): ListedTemplate[] =>
    languages.map((each) =>
      typeof each === 'string'
        ? listedTemplate({ language: each })
        : listedTemplate({ language: each[0], status: each[1] }),
    );

  test.each<[what: string, listed: ListedTemplate[], line: string]>([
    ['the language of the customer’s region is stored', inLanguages('en', 'sv', 'fi'), '(fi) added, also in en, sv'],
    [
      'the language of the region, with a country code, is stored',
      inLanguages('en', 'fi_FI'),
      '(fi_FI) added, also in en',
    ],
    ['an approved language is stored', inLanguages(['fi', 'pending'], 'sv'), '(sv) added, also in fi'],
    ['the first by language code is stored', inLanguages('sv', 'en_US', 'en'), '(en) added, also in sv, en_US'],
    [
      'the language of the region is stored if no language is approved',
      inLanguages(['sv', 'rejected'], ['fi', 'pending']),
      '(fi) added, also in sv',
    ],
    ['a repeated language counts once', inLanguages('sv', 'sv'), '(sv) added'],
  ])('%s', async (_, listed, line) => {
    const { run } = await open();
    expect(brief(await run(listed))).toEqual([`order_ready ${line}`]);
  });

  test('the stored language stays, whatever its status', async () => {
    const { run } = await open({ stored: [approved] });
    expect(brief(await run(inLanguages('fi', ['en', 'rejected'])))).toEqual([
      'order_ready (en) updated: status, also in fi',
    ]);
  });
});

describe('a template that we can’t send is skipped and reported', () => {
  test.each<[problem: string, details: Partial<ListedTemplate>]>([
    ['its name is not made of 1 to 512 lowercase letters, digits and underscores', { name: 'Order Ready' }],
    ['its name is not made of 1 to 512 lowercase letters, digits and underscores', { name: '' }],
    ['its name is not made of 1 to 512 lowercase letters, digits and underscores', { name: 'a'.repeat(513) }],
    ['its language is not a language code', { language: '' }],
    ['its language is not a language code', { language: `en${'_US'.repeat(9)}` }],
    ['it has no text', { content: ' \n' }],
    ['its text is too long', { content: 'x'.repeat(32_001) }],
    ['its text is too long', { headerText: 'x'.repeat(32_001) }],
    ['its text has {{name}}, but placeholders are written {{1}}, {{2}} and so on', { content: 'Hi {{name}}!' }],
    ['its text must number its placeholders from 1 without gaps, but {{1}} is missing', { content: 'Hi {{2}}!' }],
    ['its header has more than one placeholder', { headerText: '{{1}} {{2}}' }],
    ['its header has {{x}}, but placeholders are written {{1}}, {{2}} and so on', { headerText: '{{x}}' }],
    [
      'the address of a button has a placeholder that is not at its end',
      { buttons: [{ type: 'Url', label: 'See', data: 'https://example.com/{{1}}/x' }] },
    ],
  ])('%s: %j', async (problem, details) => {
    const { run, store } = await open();
    const listed = listedTemplate(details);
    expect(brief(await run([listed, listedTemplate({ name: 'zz' })]))).toEqual([
      `${listed.name} is skipped in ${listed.language}: ${problem}`,
      'zz (en) added',
    ]);
    expect(await store.list('demo')).toHaveLength(1);
  });

  test('and a stored one stays; otherwise another language is added', async () => {
    const { run, read } = await open({ stored: [approved] });
    const listed = [listedTemplate({ content: 'Hi {{name}}!' }), listedTemplate({ language: 'fi' })];
    expect(brief(await run(listed))).toEqual([expect.stringMatching(/^order_ready is skipped in en: /) as string]);
    expect(await read()).toEqual(approved);
    const fresh = await open();
    expect(brief(await fresh.run(listed))).toEqual([
      expect.stringMatching(/^order_ready is skipped in en: /) as string,
      'order_ready (fi) added',
    ]);
  });
});

describe('a template that another process writes during the import', () => {
  const raced = 'order_ready was changed by another process during the import: run this again';

  test('is not overwritten with the carrier’s older status', async () => {
    const pending = storedTemplate({ carrierReference: 'carrier-1' });
    const { run, read, store } = await open({ stored: [pending] });
    const late = async (): Promise<ListOutcome> => {
      await store.update('demo', 'order_ready', { status: 'approved', updatedAt: later });
      return { outcome: 'listed', templates: [listedTemplate({ status: 'rejected', reason: 'Old.' })] };
    };
    expect(brief(await run(late))).toEqual([raced]);
    expect((await read())?.status).toBe('approved');
  });

  test('stays if it is new', async () => {
    const { run, read, store } = await open();
    const late = async (): Promise<ListOutcome> => {
      await store.create(storedTemplate());
      return { outcome: 'listed', templates: [listedTemplate()] };
    };
    expect(brief(await run(late))).toEqual([raced]);
    expect(await read()).toEqual(storedTemplate());
  });

  test('stays removed if it was removed', async () => {
    const { run, read, store } = await open({ stored: [approved] });
    const late = async (): Promise<ListOutcome> => {
      const found = await store.read('demo', 'order_ready');
      if (found !== undefined) await store.remove(found);
      return { outcome: 'listed', templates: [listedTemplate({ content: 'Another.' })] };
    };
    expect(brief(await run(late))).toEqual([raced]);
    expect(await read()).toBeUndefined();
  });
});

describe('nothing is imported', () => {
  test.each(['', 'abc', '358409999999', '16400', "o'neill", '358401000001/x'])('for %j', async (number) => {
    const { run, store } = await open();
    expect(await run([listedTemplate()], { number })).toEqual({
      outcome: 'refused',
      why: 'is not a WhatsApp number of any customer',
    });
    expect(await store.list('demo')).toEqual([]);
  });

  test('if no carrier manages the number', async () => {
    const { run } = await open();
    expect(brief(await run([], { manages: false }))).toEqual(['has no carrier that manages its templates']);
  });

  test('if the carrier does not answer', async () => {
    const { run, read } = await open({ stored: [approved] });
    const outcome = await run(async () => ({ outcome: 'unavailable', reason: 'gone fishing' }));
    expect(brief(outcome)).toEqual(["can't be imported: gone fishing"]);
    expect(await read()).toEqual(approved);
  });
});
