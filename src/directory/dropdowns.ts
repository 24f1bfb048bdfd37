import type { ServiceType } from '../operation/access.ts';
import type { Dropdown } from '../operation/schema.ts';

/** Lists the caller's customers. */
export const customersDropdown: Dropdown = {
  operationId: 'GetUserCustomers',
  collection: 'customerUsers',
  value: 'customerId',
  title: 'customerName',
};

/** Lists the WhatsApp numbers of the customer that is chosen in another parameter. */
export function identitiesDropdown(customerParameter: string): Dropdown {
  return {
    operationId: 'GetCustomerWhatsappIdentities',
    value: 'inputSource/address',
    title: 'inputSource/address',
    parameters: { 'Customer-Id': { parameter: customerParameter } },
  };
}

/**
 * Lists the services, of one type, of the customer that is chosen in another parameter.
 *
 * @param replies the list operation's AllowReplyMessage
 */
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
