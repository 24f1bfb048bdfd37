/** A table as the formatter writes it: columns of one width, the head first. Takes cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A text as one cell: signs that would end the cell, or that Markdown would take for markup, are escaped. */
export function cell(text: string): string {
  return text.replaceAll(/[|<*]/g, String.raw`\$&`);
}

/** A text as code. Takes texts without a backtick. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', String.raw`\|`)}\``;
}

/** A paragraph in lines of at most 120 characters; a longer word stands alone. */
export function paragraph(text: string): string {
  return text.replaceAll(/(\S.{0,119})(?: |$)/g, '$1\n').trimEnd();
}

/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * A document with the table between its markers, `<!-- errors -->` and `<!-- /errors -->`, replaced. Throws where the
 * document has not exactly one such pair, since the table would be missing without anybody noticing.
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
