/** The values for the placeholders of one recipient, by name. */
type PlaceholderValues = ReadonlyMap<string, string>;

/** A message's content, read once and rendered for each recipient. */
export type CompiledContent = {
  /** The names in the content, each once, in order of first appearance. */
  placeholders: readonly string[];
  /** Renders the content for one recipient, and stops soon after `limit` characters. */
  render: (values: PlaceholderValues, limit: number) => string;
};

type Piece = { text: string } | { name: string; written: string };

/**
 * `$(name)`, or `$($)` for a dollar sign. The escape is not `$$`, because `$$(price)` is how one writes an amount in
 * dollars.
 *
 * A name begins and ends with a letter, mark or digit of any script or `_`, and may have `.`, `-` and blanks inside. It
 * has at most 100 characters. So an attempt that fails, such as each of ten thousand `$(` without an end, reads at most
 * 101 characters, and reading takes time in proportion to the content's length.
 */
const placeholderPattern = /\$\((?:(\$)|([\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_. -]{0,98}[\p{L}\p{M}\p{N}_])?))\)/gu;

function readPieces(content: string): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (const match of content.matchAll(placeholderPattern)) {
    const [written, dollar, name] = match;
    if (match.index > position) pieces.push({ text: content.slice(position, match.index) });
    pieces.push(name === undefined ? { text: dollar ?? '' } : { name, written });
    position = match.index + written.length;
  }
  if (position < content.length) pieces.push({ text: content.slice(position) });
  return pieces;
}

/**
 * Reads a message's placeholders once, to render the content for many recipients.
 *
 * A placeholder is `$(name)`. Names are compared exactly, letter case included. They may hold letters, marks and digits
 * of any script and `_`, inside also `.`, `-` and blanks, and at most 100 characters. Any other text that begins with
 * `$(`, such as `$(`, `$()`, `$( name )` or `$(1,50)`, is plain text. To write `$(name)` itself, write `$($)(name)`:
 * `$($)` gives a dollar sign.
 *
 * A value is inserted as it is: a placeholder inside a value is not filled. A placeholder without a value stays as
 * written; the caller refuses it by `placeholders` if it must not reach a phone.
 *
 * @example compileContent('Hi $(name)!').render(new Map([['name', 'Aino']]), 100) // 'Hi Aino!'
 */
export function compileContent(content: string): CompiledContent {
  const pieces = readPieces(content);
  const names = new Set<string>();
  for (const piece of pieces) if ('name' in piece) names.add(piece.name);

  return {
    placeholders: [...names],
    render(values, limit) {
      let rendered = '';
      for (const piece of pieces) {
        if (rendered.length > limit) break;
        rendered += 'text' in piece ? piece.text : (values.get(piece.name) ?? piece.written);
      }
      return rendered;
    },
  };
}
