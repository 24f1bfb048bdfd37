import type { Dropdown } from '../operation/schema.ts';

/** The regions whose national phone numbers can be read. */
export const phoneNumberRegionsDropdown: Dropdown = {
  operationId: 'GetPhoneNumberRegions',
  value: 'value',
  title: 'name',
};
