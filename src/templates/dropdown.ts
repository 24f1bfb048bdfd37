import type { Dropdown } from '../operation/schema.ts';

/** Returns a dropdown of the approved templates of the customer in another parameter. It shows the templates' text. */
export function templatesDropdown(customerParameter: string): Dropdown {
  return {
    operationId: 'GetCustomerWhatsAppTemplates',
    value: 'id',
    title: 'extensionParameters/rawContent',
    parameters: { 'Customer-Id': { parameter: customerParameter } },
  };
}
