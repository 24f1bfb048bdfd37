import type { DropdownExtensions, DynamicList, DynamicValues } from './types.ts';

/**
 * Writes a dropdown in both spellings, with one meaning: the designer of Logic Apps prefers `x-ms-dynamic-values`, Power
 * Apps prefers `x-ms-dynamic-list`. Power Apps demands a path to the list in the latter, so where the answer itself is
 * the list, only the former is written, which may go without.
 */
export function createDropdown(values: DynamicValues | undefined): DropdownExtensions {
  if (values === undefined) return {};
  const { operationId, 'value-collection': collection, parameters = {} } = values;
  if (collection === undefined) return { 'x-ms-dynamic-values': values };
  const list: DynamicList = {
    operationId,
    itemsPath: collection,
    itemValuePath: values['value-path'],
    itemTitlePath: values['value-title'],
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, source]) => [
        name,
        typeof source === 'object' ? { parameterReference: source.parameter } : { value: source },
      ]),
    ),
  };
  return { 'x-ms-dynamic-values': values, 'x-ms-dynamic-list': list };
}
