import type { Dropdown } from '../operation/schema.ts';

/** Approved templates of the customer chosen in another parameter, shown by their text. */
export function templatesDropdown(customerParameter: string): Dropdown {
  return {
    operationId: 'GetCustomerWhatsAppTemplates',
    value: 'id',
    title: 'extensionParameters/rawContent',
    parameters: { 'Customer-Id': { parameter: customerParameter } },
  };
}
