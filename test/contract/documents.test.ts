import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  brokenLinks,
  clicksFrom,
  longLines,
  readMarkdown,
  unknownCommands,
  unknownPaths,
} from '../support/tools/markdown.ts';
import type { Repository } from '../support/tools/markdown.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const lineLimit = 120;
const readmeLimit = 12 * 1024;

/** The files that git tracks or would add, without those that are deleted but not yet staged. */
function listFiles(): string[] {
  const list = (...options: string[]): string[] =>
    execFileSync('git', ['ls-files', '-z', ...options], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
  const deleted = new Set(list('--deleted'));
  return list('--cached', '--others', '--exclude-standard').filter((name) => !deleted.has(name));
}

const files = listFiles();
const names = files.filter((name) => name.endsWith('.md'));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const repository: Repository = {
  files: new Set(files),
  documents: new Map(names.map((name) => [name, readMarkdown(read(name))])),
  scripts: new Set(Object.keys(scripts)),
};
const documents = [...repository.documents];

test.each(names)('%s: every relative link and every anchor exists', (name) => {
  expect(brokenLinks(name, repository)).toEqual([]);
});

// GitHub shows the files of its own folder where they are needed, so no link must lead to them.
const readers = names.filter((name) => !name.startsWith('.github/'));
const clicks = clicksFrom('README.md', repository);

test.each(readers)('%s: is reachable from README.md within two clicks', (name) => {
  expect(clicks.get(name) ?? 'not reachable').toBeOneOf([0, 1, 2]);
});

test.each(['README.md'])('%s: has at most 12 KB', (name) => {
  expect(statSync(join(root, name)).size).toBeLessThanOrEqual(readmeLimit);
});

test.each(documents)('%s: lines of prose have at most 120 characters', (_, document) => {
  expect(longLines(document, lineLimit)).toEqual([]);
});

test.each(documents)('%s: every command names a script or a file that exists', (_, document) => {
  expect(unknownCommands(document, repository)).toEqual([]);
});

test.each(documents)('%s: every path that is written as code exists', (_, document) => {
  expect(unknownPaths(document, repository)).toEqual([]);
});

describe('problems of documents are reported', () => {
  const guide = [
    '# The `Guide`: what, when?',
    '## Again',
    '## Again',
    '## [A link](../README.md) and a_name',
    '<a id="by-hand"></a>',
  ].join('\n');
  /** Makes a repository of two documents and a source file. */
  const sample = (readme: string): Repository => ({
    files: new Set(['README.md', 'docs/guide.md', 'src/app.ts', 'src/cli/items.ts', 'src/cli/items/list.ts']),
    documents: new Map([
      ['README.md', readMarkdown(readme)],
      ['docs/guide.md', readMarkdown(guide)],
    ]),
    scripts: new Set(['start', 'build', 'items']),
  });

  test.each([
    ['a file that exists', '[a](docs/guide.md)', []],
    ['a file that does not exist', 'one\n[a](docs/gone.md)', ['line 2: docs/gone.md names no file']],
    ['another case', '[a](Docs/guide.md)', ['line 1: Docs/guide.md names no file']],
    ['a text over two lines', '[a\nb](gone.md)', ['line 2: gone.md names no file']],
    ['a path from the root', '[a](/docs/guide.md)', ['line 1: /docs/guide.md is not relative']],
    ['a path above the root', '[a](../x.md)', ['line 1: ../x.md names no file']],
    ['a picture in a link', '[![a](a.svg)](b.md)', ['line 1: a.svg names no file', 'line 1: b.md names no file']],
    ['a reference', '[a][b]\n\n[b]: gone.md', ['line 3: gone.md names no file']],
    ['HTML', '<img src="a.svg" alt="a">', ['line 1: a.svg names no file']],
    ['a folder without README.md, named for an anchor', '[a](docs#x)', ['line 1: docs/README.md has no heading #x']],
    ['a folder', '[a](docs/)', []],
    ['external addresses', '[a](https://example.com/gone.md) <a href="mailto:a@example.com">a</a>', []],
    ['a link in a code span or block', '`[a](gone.md)`\n\n```\n[a](gone.md)\n```', []],
    ['a heading', '[a](docs/guide.md#the-guide-what-when)', []],
    ['the second of two equal headings', '[a](docs/guide.md#again-1)', []],
    [
      'the third of two equal headings',
      '[a](docs/guide.md#again-2)',
      ['line 1: docs/guide.md has no heading #again-2'],
    ],
    ['a heading with a link', '[a](docs/guide.md#a-link-and-a_name)', []],
    ['an anchor made by hand', '[a](docs/guide.md#by-hand)', []],
    ['a heading of the same document', '# Here\n[a](#here) [b](#there)', ['line 2: README.md has no heading #there']],
    ['a line of source', '[a](src/app.ts#L3)', []],
  ])('links: %s', (_, readme, problems) => {
    expect(brokenLinks('README.md', sample(readme))).toEqual(problems);
  });

  test.each([
    ['npm start', []],
    ['npm ci && npm test', ['line 2: package.json has no script test']],
    ['npm run build -- --out dist', []],
    ['npm run --silent token', ['line 2: package.json has no script token']],
    ['PORT=7 npm run gone  # npm run far', ['line 2: package.json has no script gone']],
    ['curl -H "Bearer $(npm run --silent gone)"', ['line 2: package.json has no script gone']],
    [`curl -H "Bearer $(npm run --silent start)" -H 'Accept: */*'`, []],
    [`curl -H "Bearer $(npm run --silent gone)" -H 'Accept: */*'`, ['line 2: package.json has no script gone']],
    ['node src/app.ts', []],
    ['node --watch src/gone.ts', ['line 2: no file src/gone.ts']],
    ["node -e 'console.log(1)'", []],
    ['npx vitest run src/app.ts', []],
    ['npx vitest run src/gone.ts', ['line 2: no file src/gone.ts']],
    ['npm run items -- list x', []],
    ['npm run items -- gone', ['line 2: items has no subcommand gone']],
    ['./gone.sh', ['line 2: no ./gone.sh']],
    ['.ci/gone', ['line 2: no .ci/gone']],
    ['az functionapp create --runtime node --runtime-version 24', []],
  ])('commands: %s', (command, problems) => {
    const of = (text: string): string[] => unknownCommands(readMarkdown(text), sample(''));
    expect(of(`\`\`\`sh\n${command}\n\`\`\``)).toEqual(problems);
    expect(of(`\`\`\`json\n${command}\n\`\`\``)).toEqual([]);
  });

  test.each([
    ['`npm run gone`', ['line 1: package.json has no script gone']],
    ['`npm run build -- x`, npm run gone', []],
  ])('commands in prose: %s', (text, problems) => {
    expect(unknownCommands(readMarkdown(text), sample(''))).toEqual(problems);
  });

  test.each([
    ['`src/app.ts`, `src/`, `src`, `docs/gone.md`', []],
    ['`src/gone.ts`', ['line 1: no src/gone.ts']],
    ['`src/gone/`', ['line 1: no src/gone/']],
    ['`src/<name>/index.ts`, `src/NAME/index.ts`, `src/*.ts`, `application/json`', []],
  ])('paths: %s', (text, problems) => {
    expect(unknownPaths(readMarkdown(text), sample(''))).toEqual(problems);
  });

  const long = 'x'.repeat(121);
  test.each([
    ['prose', `a\n${long}`, ['line 2 has 121 characters']],
    ['a table', `| ${long} |`, []],
    ['a block', `\`\`\`\n${long}\n\`\`\``, []],
    ['the target of a link', `[a](${long})`, []],
    ['letters beyond ASCII', '😀'.repeat(120), []],
  ])('long lines: %s', (_, text, problems) => {
    expect(longLines(readMarkdown(text), lineLimit)).toEqual(problems);
  });

  test('counts clicks, also through folders', () => {
    const chain = ['README.md', 'a/README.md', 'b.md', 'c.md', 'alone.md'];
    const links = ['[a](a)', '[b](../b.md)', '[c](c.md) [back](README.md)', '', ''];
    const counted = clicksFrom('README.md', {
      files: new Set(chain),
      documents: new Map(chain.map((name, index) => [name, readMarkdown(links[index] ?? '')])),
      scripts: new Set(),
    });
    expect([...counted]).toEqual([
      ['README.md', 0],
      ['a/README.md', 1],
      ['b.md', 2],
      ['c.md', 3],
    ]);
  });
});
