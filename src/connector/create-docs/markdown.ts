/** Writes a table as the formatter does, with padded columns. Its cells must be Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Escapes a text for a cell: characters that would end the cell or that are markup. */
export function cell(text: string): string {
  return text.replaceAll(/[|<*]/g, String.raw`\$&`);
}

/** Formats a text as code. The text must have no backtick. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', String.raw`\|`)}\``;
}

/** Wraps a paragraph to lines of at most 120 characters; a longer word has a line of its own. */
export function paragraph(text: string): string {
  return text.replaceAll(/(\S.{0,119})(?: |$)/g, '$1\n').trimEnd();
}

/** Returns the anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * Replaces the table between the markers of a document, such as `<!-- errors -->` and `<!-- /errors -->`.
 *
 * @throws unless the document has exactly one pair of markers; the table would be missing unnoticed
 */
export function replaceTable(document: string, marker: string, content: string): string {
  const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [before, between, ...others] = document.split(start);
  const [, after, ...furtherEnds] = between?.split(end) ?? [];
  if (after === undefined || others.length > 0 || furtherEnds.length > 0) {
    throw new Error(`the document must have ${start} and ${end} once, in this order`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}
