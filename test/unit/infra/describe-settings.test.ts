import { expect, test } from 'vitest';

import { describeSettings } from '../../../infra/describe-settings.ts';
import type { Setting } from '../../../src/core/setting.ts';

const meaning = 'It is there.';

/** Returns the cells of the only row: name, type, default, meaning. */
function rowOf(setting: Setting, name = 'A_B'): string[] {
  const [, , row = ''] = describeSettings({ [name]: setting }).split('\n');
  return row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

const range = { unit: 'seconds', minimum: 1, maximum: 86_400 } as const;
test.each<[Setting, string, string]>([
  [{ kind: 'text', meaning }, 'text', 'none'],
  [{ kind: 'secret', meaning, required: true }, 'secret', 'required'],
  [{ kind: 'url', meaning, required: 'with C_D' }, 'http or https address', 'required with `C_D`'],
  [{ kind: 'url', meaning, default: 'https://a.example' }, 'http or https address', '`https://a.example`'],
  [{ kind: 'flag', meaning, default: false }, '`true` or `false`', '`false`'],
  [
    { kind: 'wholeNumber', meaning, ...range, default: 7_200 },
    'whole number of seconds from 1 to 86,400 (1 day)',
    '7,200 (2 hours)',
  ],
  [
    { kind: 'wholeNumber', meaning, minimum: 0, maximum: 65_535, default: 7071 },
    'whole number from 0 to 65535',
    '7071',
  ],
  [
    { kind: 'wholeNumbers', meaning, ...range, default: [1, 60] },
    'whole numbers of seconds from 1 to 86,400 (1 day) each, separated by commas',
    '`1,60`',
  ],
  [{ kind: 'number', meaning, unit: 'milliseconds', default: 150 }, 'number of milliseconds', '150'],
  [
    { kind: 'number', meaning, unit: 'seconds', maximum: 90, absent: 'as it comes' },
    'number of seconds above 0, at most 90',
    'as it comes',
  ],
  [{ kind: 'list', meaning, of: 'hosts' }, 'hosts, separated by commas', 'none'],
  [{ kind: 'pairs', meaning, form: 'a=1', maximum: 9 }, 'pairs such as `a=1`, at most 9, separated by commas', 'none'],
])('describes the type and the default of %j', (setting, type, defaultValue) => {
  expect(rowOf(setting)).toEqual(['`A_B`', type, defaultValue, meaning]);
});

test('a meaning is followed by what holds in Azure', () => {
  const setting = { kind: 'wholeNumber', meaning, ...range, minimumInAzure: 60, refusedInAzure: true } as const;
  expect(rowOf(setting)).toContain(`${meaning} At least 60 in Azure. Refused in Azure.`);
});

test('a numbered family of settings is named from its first to its last name', () => {
  expect(rowOf({ kind: 'text', meaning, lastNumber: 3 }, 'A_…')[0]).toBe('`A_1` … `A_3`');
});
