export type * from './directory.ts';
export { customersDropdown, servicesDropdown } from './dropdowns.ts';
export { getCustomerServices } from './get-customer-services.ts';
export { getUserCustomers } from './get-user-customers.ts';
