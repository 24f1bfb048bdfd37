import type { ServiceType } from '../operation/access.ts';
import type { Dropdown } from '../operation/schema.ts';

/** The caller's customers. */
export const customersDropdown: Dropdown = {
  operationId: 'GetUserCustomers',
  collection: 'customerUsers',
  value: 'customerId',
  title: 'customerName',
};

/** WhatsApp numbers of the customer chosen in another parameter. */
export function identitiesDropdown(customerParameter: string): Dropdown {
  return {
    operationId: 'GetCustomerWhatsappIdentities',
    value: 'inputSource/address',
    title: 'inputSource/address',
    parameters: { 'Customer-Id': { parameter: customerParameter } },
  };
}

/** Services of the customer chosen in another parameter; `replies` as the list operation's AllowReplyMessage. */
export function servicesDropdown(type: ServiceType, customerParameter: string, replies?: boolean): Dropdown {
  return {
    operationId: 'GetCustomerServices',
    value: 'id',
    title: 'name',
    parameters: {
      'Customer-Id': { parameter: customerParameter },
      ServiceType: type,
      ...(replies === undefined ? {} : { AllowReplyMessage: replies }),
    },
  };
}
