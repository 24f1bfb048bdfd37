import { describe, expect, test } from 'vitest';

import { compileContent } from '../../../../src/messages/compose/personalization.ts';

const placeholdersIn = (content: string): readonly string[] => compileContent(content).placeholders;
const renderContent = (content: string, values: ReadonlyMap<string, string> | Record<string, string>): string =>
  compileContent(content).render(values instanceof Map ? values : new Map(Object.entries(values)), Infinity);

describe('render', () => {
  test('fills placeholders from an object and from a map', () => {
    const content = 'Hei $(name), koodi $(code). Terv. $(name)';
    expect(renderContent(content, { name: 'Äijö', code: '42' })).toBe('Hei Äijö, koodi 42. Terv. Äijö');
    const map = new Map([
      ['name', 'Äijö'],
      ['code', '42'],
    ]);
    expect(renderContent(content, map)).toBe('Hei Äijö, koodi 42. Terv. Äijö');
  });

  test('inserts values as they are', () => {
    const values = { a: '$(b)', b: '$&$1$$$`', c: '$(', d: 'd)', e: '' };
    expect(renderContent('$(a)|$(b)|$(c)$(d)|$(e)', values)).toBe('$(b)|$&$1$$$`|$(d)|');
    expect(renderContent('$(c)b)', values)).toBe('$(b)');
    expect(renderContent('$($)$(b)', { $: 'no', b: '(b)' })).toBe('$(b)');
  });

  test('leaves a placeholder without a value as written', () => {
    expect(renderContent('Hi $(name)$(last name)', { name: 'Aino' })).toBe('Hi Aino$(last name)');
    expect(renderContent('Hi $(name)', { Name: 'Aino' })).toBe('Hi $(name)');
    expect(renderContent('Hi $(name)', new Map())).toBe('Hi $(name)');
  });

  test('takes own properties of an object only', () => {
    const content = '$(constructor)$(__proto__)$(toString)$(hasOwnProperty)$(size)$(get)';
    expect(renderContent(content, {})).toBe(content);
    expect(renderContent(content, new Map())).toBe(content);
    const own: Record<string, string> = JSON.parse('{"__proto__":"p","constructor":"c"}');
    expect(renderContent('$(constructor)$(__proto__)', own)).toBe('cp');
    expect(renderContent('$(a)', Object.create({ a: 'inherited' }) as Record<string, string>)).toBe('$(a)');
    const bare = Object.assign(Object.create(null) as Record<string, string>, { a: 'x' });
    expect(renderContent('$(a)', bare)).toBe('x');
  });

  test('writes a dollar sign for $($), before a name or anywhere', () => {
    expect(renderContent('$($)(name) $(name) $($)$(name) $($)', { name: 'x' })).toBe('$(name) x $x $');
  });

  test('keeps the sign of an amount in dollars', () => {
    expect(renderContent('$$(price), $$$(price)', { price: '5' })).toBe('$5, $$5');
  });

  test('leaves content without placeholders as it is', () => {
    for (const content of ['', '$', '$(', ')', 'Hinta 5 $ (alv 0)', 'a$b(c)', '($(']) {
      expect(renderContent(content, { '': 'x', c: 'y', b: 'z' })).toBe(content);
    }
  });
});

describe('names', () => {
  const fits = 'n'.repeat(100);

  test('may hold letters and digits of any script, and signs and blanks inside', () => {
    const names = [
      'a',
      '1',
      '_',
      'Etunimi',
      'ääkköset',
      'имя',
      '名前',
      '𐐷𐐷',
      'नाम',
      'e\u0301',
      'first name',
      'a.b-c_d',
    ];
    for (const name of [...names, 'a  b', 'a - b', fits]) {
      expect(placeholdersIn(`<$(${name})>`)).toEqual([name]);
      expect(renderContent(`<$(${name})>`, { [name]: 'x' })).toBe('<x>');
    }
  });

  test('are plain text if a placeholder can not have them', () => {
    const names = [
      '',
      ' ',
      ' a',
      'a ',
      '.',
      '-a',
      'a.',
      '1,50',
      'a\nb',
      'a\u00a0b',
      'a$b',
      'a(b',
      '$$',
      '$a',
      '😀',
      'a/b',
    ];
    for (const name of [...names, `${fits}n`]) {
      const content = `<$(${name})>`;
      expect(placeholdersIn(content)).toEqual([]);
      expect(renderContent(content, { [name]: 'x' })).toBe(content);
    }
  });

  test('are found inside text that is not a placeholder', () => {
    expect(renderContent('$($(a)) $(b $(a) $($(', { a: 'x' })).toBe('$(x) $(b x $($(');
  });
});

describe('placeholders', () => {
  test('lists each name once, in order of first appearance', () => {
    expect(placeholdersIn('$(b)$(a)$(b)$($)(c)$(constructor)$(10)$(2)')).toEqual(['b', 'a', 'constructor', '10', '2']);
    expect(placeholdersIn('none')).toEqual([]);
  });
});

describe('compileContent', () => {
  test('reads the content once and renders it for many recipients', () => {
    const { placeholders, render } = compileContent('$(greeting) $(name)');
    expect(placeholders).toEqual(['greeting', 'name']);
    const values = [{ greeting: 'Hei', name: 'Aino' }, { greeting: 'Moi', name: '$(greeting)' }, { greeting: 'Terve' }];
    expect(values.map((each) => render(new Map(Object.entries(each)), Infinity))).toEqual([
      'Hei Aino',
      'Moi $(greeting)',
      'Terve $(name)',
    ]);
  });

  test('reads hostile content as plain text', () => {
    for (const piece of ['$(', '$(a', '$(a ', '$($', '$$', '$(a.b']) {
      const content = piece.repeat(20_000);
      expect(renderContent(content, { a: 'x' })).toBe(content);
    }
    const long = `$(${'a '.repeat(50_000)}`;
    expect(renderContent(long, {})).toBe(long);
  });
});
