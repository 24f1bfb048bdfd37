import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { isPhoneNumberRegion, parsePhoneNumber } from '../phone-numbers/index.ts';
import { clearableFields, customPropertyLimit, regionLimit } from './contact-fields.ts';
import { genders } from './contact.ts';
import type { Contact, ContactChanges, ContactDetails, CustomProperty } from './contact.ts';
import { isCountryCode } from './country-codes.ts';
import { emailAddressLimit, isEmailAddress } from './email-address.ts';

const firstBirthYear = 1900;

/** A parsed request, and all its problems beyond those that its schema finds. */
interface Prepared<Outcome> {
  problems: Problem[];
  prepared: Outcome;
}

/** A request body: any JSON, without the fields that were null or an empty text. */
interface Draft {
  body: unknown;
  now: Date;
}

/** Parses the body that creates a contact: normalises the details, and the number to digits. */
export function prepareNewContact({ body, now }: Draft): Prepared<Omit<Contact, 'id' | 'createdAt'>> {
  const fields = fieldsOf(body);
  const problems: Problem[] = [];
  const regions = checkRegions(fields['phoneNumberRegions'], problems);
  const phone = checkPhone(fields['phone'], { target: 'phone', regions, problems });
  const details = checkDetails(fields, now, problems);
  const customContactProperties = checkCustomProperties(fields['customContactProperties'], problems) ?? [];
  return { problems, prepared: { phone, active: fields['active'] !== false, ...details, customContactProperties } };
}

/** Parses the body that updates a contact, and the number in the path, in the body's regions. */
export function prepareContactChanges({
  body,
  now,
  parameters,
}: Draft & { parameters: { Phone: string } }): Prepared<{ phone: string; changes: ContactChanges }> {
  const fields = fieldsOf(body);
  const problems: Problem[] = [];
  const regions = checkRegions(fields['phoneNumberRegions'], problems);
  const phone = checkPhone(parameters.Phone, { target: 'Phone', regions, problems });
  const details = checkDetails(fields, now, problems);
  const customContactProperties = checkCustomProperties(fields['customContactProperties'], problems);
  const changes: ContactChanges = {
    ...(typeof fields['active'] === 'boolean' ? { active: fields['active'] } : {}),
    ...details,
    ...(customContactProperties === undefined ? {} : { customContactProperties }),
  };
  const cleared = checkCleared(fields['fieldsToClear'], changes, problems);
  return { problems, prepared: { phone, changes: { ...changes, ...cleared } } };
}

/** Parses the number in a path; `region` is the query parameter. */
export function preparePhone(phone: string, region?: string): Prepared<{ phone: string }> {
  const problems: Problem[] = [];
  const known = region?.toUpperCase();
  if (known !== undefined && !isPhoneNumberRegion(known)) {
    problems.push(problem('InvalidParameter', { target: 'Region', rule: regionRule }));
    return { problems, prepared: { phone: '' } };
  }
  const regions = known === undefined ? [] : [known];
  return { problems, prepared: { phone: checkPhone(phone, { target: 'Phone', regions, problems }) } };
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

const regionRule = 'must be a region from the list, for example FI';

/** Returns the regions in upper case; undefined if one is unknown, because the number can't be checked then. */
function checkRegions(value: unknown, problems: Problem[]): string[] | undefined {
  if (!Array.isArray(value)) return [];
  if (value.length > regionLimit) return undefined;
  const regions = value.map((region) => (typeof region === 'string' ? region.trim().toUpperCase() : ''));
  const unknown = regions.flatMap((region, index) => (isPhoneNumberRegion(region) ? [] : [index]));
  for (const index of unknown) {
    if (typeof value[index] !== 'string') continue;
    problems.push(problem('InvalidField', { target: `phoneNumberRegions[${index}]`, rule: regionRule }));
  }
  return unknown.length === 0 ? regions : undefined;
}

function checkPhone(
  value: unknown,
  { target, regions, problems }: { target: string; regions: readonly string[] | undefined; problems: Problem[] },
): string {
  if (typeof value !== 'string' || regions === undefined) return '';
  // Without regions, Finland is assumed.
  const parsed = parsePhoneNumber(value, regions);
  if (parsed === undefined) problems.push(problem('InvalidPhoneNumber', { target }));
  return parsed?.number ?? '';
}

/** Text fields without further rules. */
const plainFields = ['firstName', 'lastName', 'streetAddress', 'zipCode', 'city'] as const;

function checkDetails(fields: Record<string, unknown>, now: Date, problems: Problem[]): ContactDetails {
  const details: ContactDetails = {};
  const read = (name: keyof ContactDetails): string | undefined => checkText(fields[name], name, problems)?.trim();
  for (const name of plainFields) {
    const value = read(name);
    if (value) details[name] = value;
  }
  const email = read('email');
  if (email) details.email = email;
  if (email && codePoints(email) <= emailAddressLimit && !isEmailAddress(email)) {
    problems.push(problem('InvalidField', { target: 'email', rule: 'is not an email address' }));
  }
  const countryCode = read('countryCode')?.toUpperCase();
  if (countryCode) details.countryCode = countryCode;
  if (countryCode && !isCountryCode(countryCode)) {
    const rule = 'is not a three-letter country code of ISO 3166, for example FIN';
    problems.push(problem('InvalidField', { target: 'countryCode', rule }));
  }
  const gender = genders.find((known) => known === fields['gender']);
  if (gender !== undefined) details.gender = gender;
  const birthYear = checkBirthYear(fields['birthYear'], now, problems);
  if (birthYear !== undefined) details.birthYear = birthYear;
  return details;
}

function checkBirthYear(value: unknown, now: Date, problems: Problem[]): number | undefined {
  // The schema refuses anything but a 32-bit integer.
  if (typeof value !== 'number' || (value | 0) !== value) return undefined;
  const thisYear = now.getUTCFullYear();
  if (value < firstBirthYear || value > thisYear) {
    const rule = `must be a year from ${firstBirthYear} to ${thisYear}`;
    problems.push(problem('InvalidField', { target: 'birthYear', rule }));
  }
  return value;
}

/** Returns the properties with trimmed names; undefined if there is no list, or it is too long. */
function checkCustomProperties(value: unknown, problems: Problem[]): CustomProperty[] | undefined {
  if (!Array.isArray(value) || value.length > customPropertyLimit) return undefined;
  const places = new Map<string, number>();
  return value.map((entry: unknown, index): CustomProperty => {
    const place = `customContactProperties[${index}]`;
    const fields = fieldsOf(entry);
    const given = checkText(fields['name'], `${place}.name`, problems);
    const text = checkText(fields['value'], `${place}.value`, problems) ?? '';
    const name = given?.trim() ?? '';
    const isMissing = fields['name'] === undefined || (given !== undefined && name === '');
    const first = places.get(name);
    if (isMissing && fields === entry) problems.push(problem('MissingField', { target: `${place}.name` }));
    else if (first !== undefined) {
      const rule = `repeats the name of customContactProperties[${first}]`;
      problems.push(problem('InvalidField', { target: `${place}.name`, rule }));
    } else if (name !== '') places.set(name, index);
    return { name, value: text };
  });
}

/** Returns the fields to empty, as changes. Refuses a field that the body also sets, because that is ambiguous. */
function checkCleared(value: unknown, changes: ContactChanges, problems: Problem[]): ContactChanges {
  const cleared: ContactChanges = {};
  if (!Array.isArray(value) || value.length > clearableFields.length) return cleared;
  for (const [index, name] of value.entries()) {
    const field = clearableFields.find((known) => known === name);
    if (field === undefined) continue;
    const set = changes[field];
    if (set !== undefined && !(Array.isArray(set) && set.length === 0)) {
      const rule = `names ${field}, which this request also sets`;
      problems.push(problem('InvalidField', { target: `fieldsToClear[${index}]`, rule }));
    }
    if (field === 'customContactProperties') cleared[field] = [];
    else cleared[field] = null;
  }
  return cleared;
}

// Line breaks and tabs are allowed. Other control characters, such as U+0007, are invisible on phones and would take
// six bytes in storage. The kernel refuses NUL.
// oxlint-disable-next-line no-control-regex
const controlCharacter = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function checkText(value: unknown, target: string, problems: Problem[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (controlCharacter.test(value))
    problems.push(problem('InvalidCharacters', { target, what: 'a control character' }));
  return value;
}

function codePoints(text: string): number {
  return text.length <= emailAddressLimit ? text.length : Array.from(text).length;
}
