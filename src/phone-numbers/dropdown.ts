import type { Dropdown } from '../operation/schema.ts';

/** The dropdown of regions whose national phone numbers can be parsed. */
export const phoneNumberRegionsDropdown: Dropdown = {
  operationId: 'GetPhoneNumberRegions',
  value: 'value',
  title: 'name',
};
