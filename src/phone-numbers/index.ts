export { phoneNumberRegionsDropdown } from './dropdown.ts';
export { getPhoneNumberRegions } from './get-phone-number-regions.ts';
export { isShortCode, parsePhoneNumber, type ParsedPhoneNumber } from './phone-number.ts';
export { isPhoneNumberRegion } from './regions.ts';
