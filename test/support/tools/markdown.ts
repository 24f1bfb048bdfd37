import { posix } from 'node:path';

/** Something found in a document, with its line, counted from 1. */
interface Found {
  line: number;
  text: string;
}

/** What the checks need to know of one document. */
export interface Markdown {
  /** Targets of links and pictures, as written. */
  links: readonly Found[];
  /** The anchors that a link can name, without `#`. */
  anchors: ReadonlySet<string>;
  /** Commands of fenced shell blocks, and code spans that begin with `npm`, `npx` or `node`. */
  commands: readonly Found[];
  /** Code spans that look like the path of a file in this repository. */
  paths: readonly Found[];
  /** Lines of prose, without the targets of their links. */
  prose: readonly Found[];
}

/** What documents speak about. */
export interface Repository {
  /** Every file, relative to the root. */
  files: ReadonlySet<string>;
  documents: ReadonlyMap<string, Markdown>;
  /** Names of the scripts in package.json. */
  scripts: ReadonlySet<string>;
}

const shells = new Set(['', 'sh', 'bash', 'shell', 'console']);
const roots = new Set(['.ci', '.github', 'connector', 'functions', 'infra', 'src', 'test']);

/** Whether a code span is a path from the root, without a word in its place that stands for others. */
function isPath(code: string): boolean {
  const [first = '', ...rest] = code.split('/');
  return roots.has(first) && rest.length > 0 && /^[\w./-]+$/.test(code) && !/\b(?:NAME|FILE|FOLDER)\b/.test(code);
}

/** Takes a document apart. */
export function readMarkdown(source: string): Markdown {
  const { prose, blocks } = splitFences(source.split('\n'));
  const text = prose.join('\n');
  // Spans become blanks of the same length, so that positions stay.
  const spans: Found[] = [];
  const plain = text.replaceAll(
    /(?<!`)(`+)(?!`)((?:(?!\n\s*\n)[^])*?[^`])\1(?!`)/g,
    (span, _, code: string, at: number) => {
      spans.push({ line: lineAt(text, at), text: code.trim().replaceAll(/\s+/g, ' ') });
      return span.replaceAll(/[^\n]/g, ' ');
    },
  );
  const find = (pattern: RegExp): Found[] =>
    [...plain.matchAll(pattern)].map((match) => ({ line: lineAt(plain, match.index), text: match[1] ?? '' }));
  return {
    links: [
      ...find(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
      ...find(/^[ \t]*\[[^\]^][^\]]*\]:[ \t]*(\S+)/gm),
      ...find(/\b(?:href|src|srcset)="([^"]+)"/g),
    ],
    anchors: new Set([...slugsOf(prose), ...find(/<\w[^>]*\b(?:id|name)="([^"]+)"/g).map(({ text: name }) => name)]),
    commands: [...blocks.flatMap(commandsOf), ...spans.filter(({ text: code }) => /^(?:npm|npx|node) /.test(code))],
    paths: spans.filter(({ text: code }) => isPath(code)),
    prose: prose.flatMap((line, index) =>
      /^\s*\|/.test(line)
        ? []
        : [{ line: index + 1, text: line.replaceAll(/\]\([^)]*\)/g, ']()').replaceAll(/https?:\/\/\S+/g, '') }],
    ),
  };
}

interface Block {
  language: string;
  lines: Found[];
}

/** Fenced blocks, and all other lines where they stand: a line of a block is an empty one there. */
function splitFences(lines: readonly string[]): { prose: string[]; blocks: Block[] } {
  const blocks: Block[] = [];
  let fence: string | undefined;
  const prose = lines.map((text, index) => {
    const [, mark = '', language = ''] = /^\s*(`{3,}|~{3,})\s*(\w*)/.exec(text) ?? [];
    if (fence === undefined) {
      if (mark === '') return text;
      fence = mark;
      blocks.push({ language, lines: [] });
    } else if (mark.startsWith(fence) && text.trim() === mark) fence = undefined;
    else blocks.at(-1)?.lines.push({ line: index + 1, text });
    return '';
  });
  return { prose, blocks };
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

/** Each command of a shell block, without the assignments before it. */
function commandsOf({ language, lines }: Block): Found[] {
  if (!shells.has(language)) return [];
  return lines.flatMap(({ line, text }) =>
    text
      .replace(/(?:^|\s)#.*/, '')
      .split(/&&|\|\||[;|]|\$\(|`/)
      .map((part) => part.trim().replace(/^(?:\$ )?(?:[A-Za-z_]\w*=\S*\s+)*/, ''))
      .filter((part) => /^(?:(?:npm|npx|node)\s|\.)/.test(part))
      .map((part) => ({ line, text: part.replace(/[)"'\s\\]+$/, '') })),
  );
}

/** The anchors that GitHub gives headings: small letters, no signs, hyphens for blanks, a number behind a repeat. */
function slugsOf(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return lines.flatMap((line) => {
    const [, heading] = /^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(line) ?? [];
    if (heading === undefined) return [];
    const slug = heading
      .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, '')
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/<[^>]*>/g, '')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return [count === 0 ? slug : `${slug}-${count}`];
  });
}

const isExternal = (target: string): boolean => /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target);

/** The file or folder that a link leads to, relative to the root; a folder is shown by its README. */
function targetOf(from: string, link: string, { files }: Repository): { file: string; anchor: string } | undefined {
  const [path = '', anchor = ''] = link.split('#');
  if (path === '') return { file: from, anchor };
  const file = posix.join(posix.dirname(from), decodeURIComponent(path)).replace(/\/$/, '');
  if (files.has(file)) return { file, anchor };
  const isFolder = file === '.' || [...files].some((name) => name.startsWith(`${file}/`));
  return isFolder ? { file: posix.join(file, 'README.md'), anchor } : undefined;
}

/** Relative links of a document that lead nowhere, and anchors that their document doesn't have. */
export function brokenLinks(name: string, repository: Repository): string[] {
  const { documents } = repository;
  return (documents.get(name)?.links ?? []).flatMap(({ line, text }) => {
    if (isExternal(text)) return [];
    if (text.startsWith('/')) return [`line ${line}: ${text} is not relative`];
    const target = targetOf(name, text, repository);
    if (target === undefined) return [`line ${line}: ${text} names no file`];
    const { file, anchor } = target;
    if (anchor === '' || (!file.endsWith('.md') && /^L\d+(?:-L\d+)?$/.test(anchor))) return [];
    return documents.get(file)?.anchors.has(anchor) ? [] : [`line ${line}: ${file} has no heading #${anchor}`];
  });
}

/** How many clicks it takes from a document to each that can be reached; the first itself takes none. */
export function clicksFrom(first: string, repository: Repository): ReadonlyMap<string, number> {
  const clicks = new Map([[first, 0]]);
  // A map that grows while it is read is read to its new end.
  for (const [name, count] of clicks) {
    for (const { text } of repository.documents.get(name)?.links ?? []) {
      const target = isExternal(text) ? undefined : targetOf(name, text, repository);
      if (target !== undefined && repository.documents.has(target.file) && !clicks.has(target.file)) {
        clicks.set(target.file, count + 1);
      }
    }
  }
  return clicks;
}

/** Lines of prose with more characters than fit. */
export function longLines({ prose }: Markdown, limit: number): string[] {
  return prose.flatMap(({ line, text }) => {
    const { length } = Array.from(text);
    return length > limit ? [`line ${line} has ${length} characters`] : [];
  });
}

const builtInCommands = new Set(['ci', 'install', 'ls', 'outdated', 'pack', 'update', 'version']);

/** Whether a script is an operators' command that has a file for each subcommand. */
const hasSubcommands = (script: string, files: ReadonlySet<string>): boolean =>
  files.has(`src/cli/${script}.ts`) && !files.has(`src/cli/${script}/${script}.ts`);

/** Commands that name no script of package.json, no subcommand of an operators' command, or no file. */
export function unknownCommands({ commands }: Markdown, { files, scripts }: Repository): string[] {
  return commands.flatMap(({ line, text }) => {
    const [program = '', ...words] = text.split(/\s+/).map((word) => word.replace(/[)"']+$/, ''));
    const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
    if (program.startsWith('./')) return files.has(posix.normalize(program)) ? [] : [`line ${line}: no ${program}`];
    if (program.startsWith('.')) return files.has(program) ? [] : [`line ${line}: no ${program}`];
    if (program === 'node') {
      const isInline = first === '' || words.some((word) => /^(?:-[ep]|--eval|--print)$/.test(word));
      return isInline || files.has(posix.normalize(first)) ? [] : [`line ${line}: no file ${first}`];
    }
    if (program === 'npx') {
      return words.filter((word) => isPath(word) && !files.has(word)).map((word) => `line ${line}: no file ${word}`);
    }
    const script = first === 'run' ? second : first;
    if (script === '' || builtInCommands.has(first)) return [];
    if (!scripts.has(script)) return [`line ${line}: package.json has no script ${script}`];
    const subcommand = words.includes('--') ? words[words.indexOf('--') + 1] : undefined;
    if (subcommand === undefined || subcommand.startsWith('-') || !hasSubcommands(script, files)) return [];
    const exists = files.has(`src/cli/${script}/${subcommand}.ts`);
    return exists ? [] : [`line ${line}: ${script} has no subcommand ${subcommand}`];
  });
}

/** Paths that are written as code and name neither a file nor a folder. */
export function unknownPaths({ paths }: Markdown, { files }: Repository): string[] {
  return paths.flatMap(({ line, text }) => {
    const path = text.replace(/\/$/, '');
    const exists = files.has(path) || [...files].some((name) => name.startsWith(`${path}/`));
    return exists ? [] : [`line ${line}: no ${text}`];
  });
}
