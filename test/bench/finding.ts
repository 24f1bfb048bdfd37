/** The result of a section: rows with the same columns, and notes. */
export interface Finding {
  title: string;
  rows: readonly Readonly<Record<string, string | number>>[];
  notes?: readonly string[];
}

/** Writes a number for people: with three significant digits, or whole if it is large. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(3)));
}

/** Writes a ratio, and whether it reaches its aim. */
export function against(ratio: number, aim: { min?: number; max?: number }): string {
  const reached = ratio >= (aim.min ?? Number.NEGATIVE_INFINITY) && ratio <= (aim.max ?? Number.POSITIVE_INFINITY);
  return `${short(ratio)} (aim ${aim.min === undefined ? `<= ${aim.max}` : `>= ${aim.min}`}${reached ? '' : ', missed'})`;
}

/** Writes a table under the names of its columns: numbers to the right, words to the left. */
export function tableText({ title, rows, notes = [] }: Finding): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) =>
    columns.map((column) => {
      const value = row[column] ?? '';
      return typeof value === 'number' ? short(value) : value;
    }),
  );
  const isNumber = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === 'number'));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const lineOf = (line: readonly string[]): string =>
    `  ${line.map((cell, index) => (isNumber[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join('  ')}`.trimEnd();
  return [
    title,
    '',
    lineOf(columns),
    lineOf(widths.map((width) => '-'.repeat(width))),
    ...cells.map(lineOf),
    '',
    ...notes,
  ]
    .join('\n')
    .trimEnd();
}
