import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, describe, expect, test } from 'vitest';

import { connectorFiles } from '../../src/connector/connector-files.ts';
import { parseSettings } from '../../src/connector/settings.ts';
import { operations } from '../../src/operations.ts';

const root = join(import.meta.dirname, '../..');
const files = connectorFiles(operations, parseSettings(readFileSync(join(root, 'connector/settings.json'), 'utf8')));

test.each([...files])('connector/%s is what the generator writes', (name, text) => {
  expect(readFileSync(join(root, 'connector', name), 'utf8')).toBe(text);
});

test('the properties for an update lack the stack owner, which paconn update refuses, and have the redirect mode', () => {
  const read = (name: string): { properties: Record<string, unknown> } =>
    JSON.parse(files.get(name) ?? '') as { properties: Record<string, unknown> };
  const { stackOwner, connectionParameters, ...created } = read('apiProperties.json').properties;
  const { connectionParameters: updatedParameters, ...updated } = read('apiProperties.update.json').properties;
  expect(stackOwner).toBe('Arena Interactive Oy');
  expect(updated).toEqual(created);
  expect(JSON.parse(JSON.stringify(updatedParameters).replace('"redirectMode":"GlobalPerConnector",', ''))).toEqual(
    connectionParameters,
  );
  expect(JSON.stringify(updatedParameters)).toContain('"redirectMode":"GlobalPerConnector"');
});

describe('npm run connector', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connector-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const generate = async (...options: string[]): Promise<{ code: number; stderr: string }> => {
    const run = promisify(execFile)(process.execPath, [join(root, 'src/connector/generate.ts'), ...options]);
    return run.then(
      ({ stderr }) => ({ code: 0, stderr }),
      (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
    );
  };

  test('writes the files, and --check compares them with what it would write', async () => {
    expect(await generate('--out', folder)).toEqual({ code: 0, stderr: '' });
    for (const [name, text] of files) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    expect(await generate('--out', folder, '--check')).toEqual({ code: 0, stderr: '' });

    const spoilt = join(folder, 'apiProperties.json');
    appendFileSync(spoilt, '\n');
    expect(await generate('--out', folder, '--check')).toEqual({
      code: 1,
      stderr: `${spoilt} is out of date. Run npm run connector.\n`,
    });
    rmSync(spoilt);
    expect((await generate('--out', folder, '--check')).code).toBe(1);
  });

  test('names what is wrong with the settings', async () => {
    const settings = join(folder, 'settings.json');
    appendFileSync(settings, '{"title": "SmartDialog"}');
    const { code, stderr } = await generate('--out', folder, '--settings', settings);
    expect(code).toBe(1);
    expect(stderr).toContain('contact.email is missing: it must be an email address\n');
  });
});
