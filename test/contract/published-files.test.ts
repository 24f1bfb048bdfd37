import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readSettings } from '../../src/settings/read-settings.ts';

const root = join(import.meta.dirname, '../..');

/** Runs git in a folder, with `input`. Returns the lines that it prints. */
function git(folder: string, words: readonly string[], input = ''): string[] {
  return execFileSync('git', words, { cwd: folder, input, encoding: 'utf8' }).split('\n').filter(Boolean);
}

// An empty repository whose only ignore list is .funcignore, which has the syntax of .gitignore.
let empty: string;
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), 'smartdialog-publishing-'));
  git(empty, ['init', '--quiet']);
  copyFileSync(join(root, '.funcignore'), join(empty, '.gitignore'));
});
afterAll(() => rmSync(empty, { recursive: true }));

/** Returns those paths that are published. */
function published(paths: readonly string[]): string[] {
  const ignored = new Set(git(empty, ['check-ignore', '--no-index', '--stdin'], paths.join('\n')));
  return paths.filter((path) => !ignored.has(path));
}

test('of the files in git, only host.json and package.json are published', () => {
  expect(published(git(root, ['ls-files']))).toEqual(['host.json', 'package.json']);
});

test('the bundle is published without its report, and nothing else of a working folder', () => {
  const bundle = ['dist/functions/http.js', 'dist/chunks/app-ABC.js'];
  const rest = ['dist/report.json', 'node_modules/jose/package.json', 'local.settings.json', '.data/process-id'];
  expect(published([...bundle, ...rest])).toEqual(bundle);
});

test('the app starts with the example of local settings', () => {
  const { Values: values } = JSON.parse(readFileSync(join(root, 'local.settings.example.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  expect(() => readSettings(values)).not.toThrow();
});
