/*
 * Columns of optional fields. An empty text means that the field is absent, since a merge can't remove a column.
 */

/** Converts an optional time to its column. */
export const timeColumn = (time: Date | undefined): string => time?.toISOString() ?? '';

/** Converts a column to an object with the time as its only field; the object is empty if the time is absent. */
export function timeField<Name extends string>(name: Name, column: unknown): { [Key in Name]?: Date } {
  return (typeof column === 'string' && column !== '' ? { [name]: new Date(column) } : {}) as { [Key in Name]?: Date };
}

/** Converts a column to an object with the text as its only field; the object is empty if the text is absent. */
export function textField<Name extends string>(name: Name, column: unknown): { [Key in Name]?: string } {
  return (typeof column === 'string' && column !== '' ? { [name]: column } : {}) as { [Key in Name]?: string };
}
