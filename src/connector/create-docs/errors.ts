import { errorCatalogue } from '../../operation/errors.ts';
import { cell, code, table } from './markdown.ts';

/** Writes the table of errors, in the catalogue's order. */
export function errorTable(): string {
  return table(
    ['code', 'status', 'message', 'remedy'],
    Object.entries(errorCatalogue).map(([name, { status, message, remedy }]) => [
      code(name),
      String(status),
      cell(message),
      cell(remedy),
    ]),
  );
}
