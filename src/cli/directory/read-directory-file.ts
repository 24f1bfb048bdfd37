import { readFileSync } from 'node:fs';

import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';

import { carrierNames } from '../../carriers/carrier-kinds.ts';
import { readDocument } from '../../directory/index.ts';
import type { DirectoryDocument, DocumentProblem } from '../../directory/index.ts';
import { parseSender } from '../../messages/index.ts';

/** The file of a directory, and everything that is wrong with it. */
export interface DirectoryFile {
  document: DirectoryDocument;
  /** The problems with file and line, in the order of lines: `directory.json:12: customers[0].name is missing`. */
  problems: readonly string[];
  /** Describes further problems in the same way. */
  describe(problems: readonly DocumentProblem[]): string[];
}

/** A problem. It has an offset in the text if its path doesn't say where it is. */
type PlacedProblem = DocumentProblem & { offset?: number };

/**
 * Reads and checks the file of a directory.
 *
 * @throws Error with a sentence for the operator if the file can't be read
 */
export function readDirectoryFile(name: string): DirectoryFile {
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new Error(`${name} can't be read: ${(error as Error).message}`, { cause: error });
  }
  return readDirectoryText(text, name);
}

/** Reads and checks the text of the file `name`, as {@link readDirectoryFile} does. */
export function readDirectoryText(written: string, name: string): DirectoryFile {
  // Some editors begin a file with a byte order mark, which is not part of the JSON.
  const text = written.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const describe = (problems: readonly PlacedProblem[]): string[] =>
    problems
      .map((problem) => ({ ...problem, offset: problem.offset ?? offsetOf(root, problem.path) }))
      .sort((left, right) => left.offset - right.offset)
      .map(
        ({ path, offset, text: problem }) =>
          `${name}${path.length === 0 ? '' : `:${lineAt(text, offset)}`}: ${problem}`,
      );
  const value = errors.length === 0 ? parseJson(text) : undefined;
  if (root === undefined || value === undefined) {
    const [{ error, offset } = { error: 0, offset: 0 }] = errors;
    const what = errors.length === 0 ? 'it is empty' : sayError(printParseErrorCode(error));
    const problems = [`${name}:${lineAt(text, offset)}: it is not valid JSON: ${what}`];
    return { document: { customers: [], users: [] }, problems, describe };
  }
  const { document, problems } = readDocument(
    value.parsed,
    (sender, region) => parseSender(sender, [region]) !== undefined,
    carrierNames,
  );
  return { document, problems: describe([...repeatedNames(root, []), ...problems]), describe };
}

/** Parses JSON; undefined if the text isn't JSON. The library above also accepts some texts that aren't. */
function parseJson(text: string): { parsed: unknown } | undefined {
  try {
    return { parsed: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Splits the library's error code, such as `CommaExpected`, into words. */
function sayError(code: string): string {
  return code
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toLowerCase());
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Returns the offset of a place in the text. If the place does not exist, returns that of the nearest parent. */
function offsetOf(root: Node | undefined, path: DocumentProblem['path']): number {
  const node = root && findNodeAtLocation(root, [...path]);
  return path.length === 0 || node !== undefined ? (node?.offset ?? 0) : offsetOf(root, path.slice(0, -1));
}

/** Finds fields that an object has twice. `JSON.parse` would silently drop the first of them. */
function repeatedNames(node: Node, place: readonly (string | number)[]): PlacedProblem[] {
  const names = new Set<string>();
  return (node.children ?? []).flatMap((child, index): PlacedProblem[] => {
    if (node.type === 'array') return repeatedNames(child, [...place, index]);
    const [key, value] = child.children ?? [];
    if (key === undefined || value === undefined) return [];
    const name = String(key.value);
    const path = [...place, name];
    const inside = repeatedNames(value, path);
    if (!names.has(name)) {
      names.add(name);
      return inside;
    }
    return [{ path, offset: key.offset, text: `${name} is in the same object twice` }, ...inside];
  });
}
