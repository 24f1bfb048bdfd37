import { describe, expect, test } from 'vitest';

import { createMemoryTemplateStore } from '../../support/fakes/template-store.ts';
import { submitTemplate } from '../../../src/templates/submit-template.ts';
import type { SubmitOutcome, Template, TemplateCarrier, TemplateStore } from '../../../src/templates/index.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { newTemplate, storedTemplate } from '../../support/samples/templates.ts';

const submitted: SubmitOutcome = { outcome: 'submitted', carrierReference: 'carrier-1' };
const unavailable: SubmitOutcome = { outcome: 'unavailable', reason: 'gone fishing' };
const refused: SubmitOutcome = { outcome: 'refused', reason: 'It is too loud.' };
const minutes = (count: number): Date => new Date(testNow.getTime() + count * 60_000);

/** Sets up a store, and a carrier that answers as the script says. */
function open(script: (template: Template) => SubmitOutcome | Promise<SubmitOutcome> = () => submitted) {
  const store = createMemoryTemplateStore();
  const seen: Template[] = [];
  const templateCarrier: TemplateCarrier = {
    manages: () => true,
    list: async () => ({ outcome: 'listed', templates: [] }),
    async submit(template: Template) {
      seen.push(template);
      return script(template);
    },
  };
  return {
    store,
    seen,
    submit: (details: Parameters<typeof newTemplate>[0] = {}, now = testNow, templateStore: TemplateStore = store) =>
      submitTemplate(newTemplate(details), now, { templates: { store: templateStore, carrier: templateCarrier } }),
    stored: async () => (await store.read('demo', 'order_ready'))?.template,
  };
}

const exists = expect.objectContaining({ code: 'TemplateExists', status: 409 }) as Error;

test('a template is stored as pending before it is submitted, and with the carrier’s id afterwards', async () => {
  const { submit, stored, seen, store } = open(async () => {
    expect((await store.read('demo', 'order_ready'))?.template).toEqual(storedTemplate());
    return submitted;
  });
  await submit();
  expect(seen).toEqual([storedTemplate()]);
  expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1' }));
});

test('a status update that comes during the submission stays', async () => {
  const { submit, stored, store } = open(async () => {
    await store.update('demo', 'order_ready', { status: 'approved', updatedAt: testNow });
    return submitted;
  });
  await submit();
  expect(await stored()).toEqual(storedTemplate({ status: 'approved', carrierReference: 'carrier-1' }));
});

describe('a repeat of the same request', () => {
  test('does nothing if the carrier has the template', async () => {
    const { submit, stored, seen, store } = open();
    await submit();
    await submit({}, minutes(1));
    await store.update('demo', 'order_ready', { status: 'approved', updatedAt: minutes(2) });
    await submit({}, minutes(3));
    expect(seen).toHaveLength(1);
    expect(await stored()).toEqual(
      storedTemplate({ status: 'approved', carrierReference: 'carrier-1', updatedAt: minutes(2) }),
    );
  });

  test('submits it if the first attempt died between storing and submitting', async () => {
    const { submit, stored, seen, store } = open();
    await store.create(storedTemplate());
    await submit({}, minutes(1));
    expect(seen).toEqual([storedTemplate({ createdAt: minutes(1), updatedAt: minutes(1) })]);
    expect(await stored()).toEqual(
      storedTemplate({ carrierReference: 'carrier-1', createdAt: minutes(1), updatedAt: minutes(1) }),
    );
  });

  test('is refused if the template was rejected', async () => {
    const { submit, store } = open();
    await submit();
    await store.update('demo', 'order_ready', { status: 'rejected', reason: 'Why', updatedAt: testNow });
    await expect(submit()).rejects.toEqual(exists);
  });
});

describe('another template of the same name', () => {
  test.each([
    { content: 'Another.' },
    { identity: '358401000002' },
    { language: 'fi' },
    { category: 'MARKETING' as const },
    { displayName: 'Order Ready!' },
    { headerText: 'Order' },
    { attachmentUrl: 'https://example.com/a.pdf' },
    { buttons: [{ type: 'QuickReply' as const, label: 'Yes', data: 'yes' }] },
  ])('is refused: %j', async (details) => {
    const { submit, stored, seen } = open();
    await submit();
    const before = await stored();
    await expect(submit(details, minutes(60))).rejects.toEqual(exists);
    await expect(submit(details)).rejects.toMatchObject({
      message: 'Another template already has the id order_ready, which follows from DisplayName. Choose another name.',
      problems: [{ target: 'DisplayName' }],
    });
    expect(seen).toHaveLength(1);
    expect(await stored()).toEqual(before);
  });

  test('is refused while the first may still be on its way to the carrier, and replaces it afterwards', async () => {
    const { submit, stored, store } = open();
    await store.create(storedTemplate());
    await expect(submit({ content: 'Another.' }, minutes(10))).rejects.toEqual(exists);
    const later = new Date(minutes(10).getTime() + 1);
    await submit({ content: 'Another.' }, later);
    expect(await stored()).toEqual(
      storedTemplate({ content: 'Another.', carrierReference: 'carrier-1', createdAt: later, updatedAt: later }),
    );
  });

  test('is accepted for another customer', async () => {
    const { submit, store } = open();
    await submit();
    await submit({ customerId: 'other', content: 'Another.' });
    expect((await store.read('other', 'order_ready'))?.template.content).toBe('Another.');
  });
});

test('simultaneous templates with different texts: one gets the name', async () => {
  const { submit, seen, stored } = open();
  const texts = Array.from({ length: 10 }, (_, index) => `Text ${index}.`);
  const outcomes = await Promise.allSettled(texts.map((content) => submit({ content })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(seen).toHaveLength(1);
  expect((await stored())?.content).toBe(seen[0]?.content);
});

test('simultaneous requests with the same text all succeed', async () => {
  const { submit, stored } = open();
  await Promise.all(Array.from({ length: 10 }, () => submit()));
  expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1' }));
});

describe('if the carrier refuses', () => {
  test('the error has its reason, and nothing stays stored', async () => {
    const { submit, stored } = open(() => refused);
    await expect(submit()).rejects.toMatchObject({
      code: 'TemplateRefused',
      status: 400,
      message: 'WhatsApp refused the template: It is too loud. Change the template, then create it again.',
    });
    expect(await stored()).toBeUndefined();
  });

  test('a very long reason is cut', async () => {
    const { submit } = open(() => ({ outcome: 'refused', reason: `${'x'.repeat(299)}😀${'y'.repeat(9_000)}` }));
    await expect(submit()).rejects.toMatchObject({
      message: `WhatsApp refused the template: ${'x'.repeat(299)}\ufffd. Change the template, then create it again.`,
    });
  });

  test('a better template of the same name is accepted', async () => {
    const { submit, stored } = open(({ content }) => (content === 'Better.' ? submitted : refused));
    await expect(submit()).rejects.toMatchObject({ code: 'TemplateRefused' });
    await submit({ content: 'Better.' });
    expect(await stored()).toEqual(storedTemplate({ content: 'Better.', carrierReference: 'carrier-1' }));
  });
});

describe('if the carrier is not available', () => {
  test('nothing stays stored, and another text succeeds when it is back', async () => {
    let answer: SubmitOutcome = unavailable;
    const { submit, stored } = open(() => answer);
    await expect(submit()).rejects.toMatchObject({
      code: 'Unavailable',
      status: 503,
      message: 'The management of WhatsApp templates is not available at the moment. Try again later.',
    });
    expect(await stored()).toBeUndefined();
    answer = submitted;
    await submit({ content: 'Another.' });
    expect((await stored())?.content).toBe('Another.');
  });

  test('a template that a repeat is submitting stays stored', async () => {
    const answers: ((outcome: SubmitOutcome) => void)[] = [];
    const { submit, stored } = open(() => new Promise((resolve) => answers.push(resolve)));
    const attempts = [submit(), submit({}, minutes(1))];
    await expect.poll(() => answers.length).toBe(2);
    answers[0]?.(unavailable);
    await expect(attempts[0]).rejects.toMatchObject({ code: 'Unavailable' });
    answers[1]?.(submitted);
    await attempts[1];
    expect((await stored())?.carrierReference).toBe('carrier-1');
  });

  test('a template that the carrier has stays stored, although a repeat did not reach the carrier', async () => {
    const answers: ((outcome: SubmitOutcome) => void)[] = [];
    const { submit, stored } = open(() => new Promise((resolve) => answers.push(resolve)));
    const attempts = [submit(), submit({}, minutes(1))];
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.(unavailable);
    await expect(attempts[1]).rejects.toMatchObject({ code: 'Unavailable' });
    answers[0]?.(submitted);
    await attempts[0];
    expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1' }));
  });
});

test('a template that is removed between two reads is created', async () => {
  const { submit, stored, store } = open();
  await store.create(storedTemplate({ content: 'Another.' }));
  const vanishing: TemplateStore = {
    ...store,
    async read(customerId, name) {
      const found = await store.read(customerId, name);
      if (found !== undefined) await store.remove(found);
      return undefined;
    },
  };
  await submit({}, testNow, vanishing);
  expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1' }));
});

describe('a template status update that comes with the submission', () => {
  test('is stored with the carrier’s id', async () => {
    const { submit, stored } = open(() => ({ ...submitted, status: 'rejected', reason: 'Too loud.' }));
    await submit();
    const statusUpdate = { status: 'rejected', reason: 'Too loud.' } as const;
    expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1', ...statusUpdate }));
  });

  test('is stored even if a repeat removed the template', async () => {
    const { submit, stored, store } = open(async () => {
      const found = await store.read('demo', 'order_ready');
      if (found !== undefined) await store.remove(found);
      return { ...submitted, status: 'approved' };
    });
    await submit();
    expect(await stored()).toEqual(storedTemplate({ carrierReference: 'carrier-1', status: 'approved' }));
  });
});
