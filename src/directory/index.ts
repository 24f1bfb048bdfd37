export type * from './directory.ts';
export { customersDropdown, identitiesDropdown, servicesDropdown } from './dropdowns.ts';
export { getCustomerServices } from './get-customer-services.ts';
export { getCustomerWhatsappIdentities } from './get-customer-whatsapp-identities.ts';
export { getUserCustomers } from './get-user-customers.ts';
export { readAddress, readIdentity } from './identity.ts';
export { firstWord, foldKeyword, isKeyword } from './keyword.ts';
