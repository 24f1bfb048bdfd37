import type { DropdownExtensions, DynamicList, DynamicValues } from './types.ts';

/**
 * Writes a dropdown in both spellings, with one meaning: the designer of Logic Apps prefers `x-ms-dynamic-values`, Power
 * Apps prefers `x-ms-dynamic-list`. Power Apps demands a path to the list and a path to the value in the latter, so
 * where the answer itself is the list, or its entries are plain texts, only the former is written, which may go without.
 *
 * For entries that are plain texts it names the operation alone. Microsoft's schema of the file demands no more, the
 * designer of Logic Apps then takes each entry, whose type it reads from the answer's schema, for value and title at
 * once, and the published connector fills its one such dropdown so. Power Apps shows a text field instead.
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
