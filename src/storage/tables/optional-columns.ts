/*
 * Columns of what may be missing: an empty text means none, since a merge can't remove a column.
 */

/** The column of a time that may be missing. */
export const timeColumn = (time: Date | undefined): string => time?.toISOString() ?? '';

/** The field that a time's column holds, or none. */
export function timeField<Name extends string>(name: Name, column: unknown): { [Key in Name]?: Date } {
  return (typeof column === 'string' && column !== '' ? { [name]: new Date(column) } : {}) as { [Key in Name]?: Date };
}

/** The field that a text's column holds, or none. */
export function textField<Name extends string>(name: Name, column: unknown): { [Key in Name]?: string } {
  return (typeof column === 'string' && column !== '' ? { [name]: column } : {}) as { [Key in Name]?: string };
}
