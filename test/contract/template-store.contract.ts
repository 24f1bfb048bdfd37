import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { Template, TemplateStore, VersionedTemplate } from '../../src/templates/index.ts';
import { storedTemplate } from '../support/samples/templates.ts';

const later = new Date('2026-11-23T11:00:00.000Z');
const latest = new Date('2026-11-23T12:00:00.000Z');

/** Makes a template of a customer that no other test has. */
const template = (details: Partial<Template> = {}): Template =>
  storedTemplate({ customerId: randomUUID(), ...details });

/** Tests what every template store must do. */
export function templateStoreContract(name: string, open: () => TemplateStore): void {
  describe(`template store: ${name}`, () => {
    const store = open();

    async function created(details: Partial<Template> = {}): Promise<VersionedTemplate> {
      const outcome = await store.create(template(details));
      if (outcome === 'exists') throw new Error('The customer had a template already.');
      return outcome;
    }

    test('reads a template as it was created', async () => {
      const plain = await created();
      expect(await store.read(plain.template.customerId, 'order_ready')).toEqual(plain);

      const full = await created({
        customerId: `a/b\\c#d?e 'ä' ${randomUUID()}`,
        displayName: 'Tilaus “valmis” 😀',
        content: 'Hei {{1}},\n\nkäy hakemassa {{2}}!',
        headerText: 'Tilaus {{1}}',
        attachmentUrl: 'https://example.com/a.pdf',
        attachmentKind: 'image',
        buttons: [
          { type: 'Url', label: 'Näytä', data: `https://example.com/${'x'.repeat(1950)}/{{1}}` },
          { type: 'Url', label: 'Peru', data: 'https://example.com/"quoted"' },
        ],
        status: 'rejected',
        reason: 'INVALID_FORMAT',
        carrierReference: 'carrier-1',
        updatedAt: later,
      });
      expect(await store.read(full.template.customerId, 'order_ready')).toEqual(full);
    });

    test('takes the largest template', async () => {
      const label = 'ж'.repeat(25);
      const { template: large } = await created({
        content: 'ж'.repeat(1024),
        buttons: Array.from({ length: 10 }, () => ({ type: 'Url' as const, label, data: `"${'"'.repeat(1_998)}"` })),
      });
      expect((await store.read(large.customerId, large.name))?.template).toEqual(large);
    });

    test('a name belongs to the first template of a customer that has it; other customers may use it, too', async () => {
      const { template: first } = await created();
      expect(await store.create({ ...first, content: 'Another' })).toBe('exists');
      expect((await store.read(first.customerId, first.name))?.template).toEqual(first);

      const { template: other } = await created({ content: 'Of another customer.' });
      expect((await store.read(first.customerId, first.name))?.template).toEqual(first);
      expect((await store.read(other.customerId, other.name))?.template).toEqual(other);
    });

    test('one of many simultaneous creations wins', async () => {
      const wanted = template();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.create(wanted)));
      expect(outcomes.filter((outcome) => outcome !== 'exists')).toHaveLength(1);
    });

    test('lists the templates of a customer, and no others', async () => {
      const { template: one } = await created({ name: 'one' });
      const two = { ...one, name: 'two', displayName: 'Two' };
      await store.create(two);
      await created({ name: 'three' });
      const listed = await store.list(one.customerId);
      expect(listed.sort((left, right) => (left.name < right.name ? -1 : 1))).toEqual([one, two]);
      expect(await store.list(randomUUID())).toEqual([]);
    });

    test('a missing template is undefined, and can’t be changed', async () => {
      const { customerId, name } = template();
      expect(await store.read(customerId, name)).toBeUndefined();
      expect(await store.update(customerId, name, { status: 'approved', updatedAt: later })).toBe('absent');
      expect(await store.read(customerId, name)).toBeUndefined();
      const missing = { template: template(), version: 'W/"1"' };
      expect(await store.replace(missing, missing.template)).toBe('conflict');
      await store.remove(missing);
    });

    test.each(['', 'a/b', 'a\\b', 'a#b?c', "o'neill' or '1' eq '1", 'ÄÖ 😀', 'a\u0001b', 'x'.repeat(5_000)])(
      'finds no template with the name %j',
      async (odd) => {
        const { template: known } = await created();
        expect(await store.read(known.customerId, odd)).toBeUndefined();
      },
    );

    test('replaces a template only at the version that was read', async () => {
      const first = await created({ headerText: 'Header', reason: 'Why', carrierReference: 'carrier-1' });
      const next = { ...template(), customerId: first.template.customerId, content: 'Another.', updatedAt: later };
      const second = await store.replace(first, next);
      expect(second).toEqual({ template: next, version: expect.any(String) as string });
      expect(await store.replace(first, { ...next, content: 'A third.' })).toBe('conflict');
      expect(await store.read(next.customerId, next.name)).toEqual(second);
    });

    test('one of many writers at one version wins', async () => {
      const first = await created();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => store.replace(first, { ...first.template, updatedAt: later })),
      );
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });

    test('keeps all of several simultaneous changes, whatever the version', async () => {
      const first = await created();
      const { customerId, name: id } = first.template;
      const outcomes = await Promise.all([
        store.update(customerId, id, { carrierReference: 'carrier-1', updatedAt: later }),
        store.update(customerId, id, { status: 'rejected', reason: 'Too “loud”', updatedAt: later }),
      ]);
      expect(outcomes).toEqual(['updated', 'updated']);
      const changed: Template = {
        ...first.template,
        carrierReference: 'carrier-1',
        status: 'rejected',
        reason: 'Too “loud”',
        updatedAt: later,
      };
      expect((await store.read(customerId, id))?.template).toEqual(changed);
      expect(await store.replace(first, first.template)).toBe('conflict');
    });

    test('a new status removes the reason of the old one; the carrier’s id does not', async () => {
      const { template: first } = await created({ status: 'rejected', reason: 'Why', carrierReference: 'carrier-1' });
      await store.update(first.customerId, first.name, { carrierReference: 'carrier-2', updatedAt: later });
      const { reason: _, ...rest } = first;
      expect((await store.read(first.customerId, first.name))?.template).toEqual({
        ...first,
        carrierReference: 'carrier-2',
        updatedAt: later,
      });
      await store.update(first.customerId, first.name, { status: 'approved', updatedAt: latest });
      expect((await store.read(first.customerId, first.name))?.template).toEqual({
        ...rest,
        status: 'approved',
        carrierReference: 'carrier-2',
        updatedAt: latest,
      });
    });

    test('removes a template only at the version that was read', async () => {
      const first = await created();
      const { customerId, name: id } = first.template;
      const second = await store.replace(first, { ...first.template, updatedAt: later });
      if (second === 'conflict') throw new Error('The version was right.');
      await store.remove(first);
      expect(await store.read(customerId, id)).toEqual(second);
      await store.remove(second);
      expect(await store.read(customerId, id)).toBeUndefined();
      expect(await store.create(first.template)).toEqual({
        template: first.template,
        version: expect.any(String) as string,
      });
    });
  });
}
