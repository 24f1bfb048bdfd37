import type { DropdownExtensions, DynamicList, DynamicValues } from './types.ts';

/**
 * Writes a dropdown in two spellings with the same meaning: the designer of Logic Apps prefers `x-ms-dynamic-values`,
 * Power Apps prefers `x-ms-dynamic-list`. Power Apps requires paths to the list and to the value in the latter. So if
 * the answer itself is the list, or its entries are plain texts, only the former is written, which works without paths.
 *
 * For entries that are plain texts, it names only the operation. Microsoft's schema of the file requires no more. The
 * designer of Logic Apps then uses each entry as value and title, and reads its type from the answer's schema; the
 * published connector fills its one such dropdown in this way. Power Apps shows a text field instead.
 */
export function createDropdown(values: DynamicValues | undefined): DropdownExtensions {
  if (values === undefined) return {};
  const { operationId, parameters = {} } = values;
  const { 'value-collection': collection, 'value-path': value, 'value-title': title } = values;
  if (collection === undefined || value === undefined || title === undefined) return { 'x-ms-dynamic-values': values };
  const list: DynamicList = {
    operationId,
    itemsPath: collection,
    itemValuePath: value,
    itemTitlePath: title,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, source]) => [
        name,
        typeof source === 'object' ? { parameterReference: source.parameter } : { value: source },
      ]),
    ),
  };
  return { 'x-ms-dynamic-values': values, 'x-ms-dynamic-list': list };
}
