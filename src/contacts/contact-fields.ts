import { choice, flag, integer, list, object, optional, text } from '../operation/schema.ts';
import { phoneNumberRegionsDropdown } from '../phone-numbers/index.ts';
import { genders } from './contact.ts';
import { emailAddressLimit } from './email-address.ts';

/*
 * Limits in characters. A contact that uses all of them, with two UTF-16 units or an escape for each character, takes
 * less than half of the megabyte that a storage row can hold.
 */
const nameLimit = 100;
const customNameLimit = 100;
const customValueLimit = 1_000;

/** Max custom properties of one contact. */
export const customPropertyLimit = 100;

/** Max regions in one request: a few more than exist. */
export const regionLimit = 300;

const active = (description: string) => optional(flag({ title: 'Active', description, default: true }));

const phone = text({
  title: 'Phone',
  description: '358401234567: country code and number, without + or 00.',
});

/** The fields that all bodies and answers share, in the order in which the designer shows them. */
const details = {
  email: optional(text({ title: 'Email', description: 'Email address of the contact.', maxLength: emailAddressLimit })),
  firstName: optional(text({ title: 'Firstname', description: 'First name of the contact.', maxLength: nameLimit })),
  lastName: optional(text({ title: 'Lastname', description: 'Last name of the contact.', maxLength: nameLimit })),
  gender: optional(choice(genders, { title: 'Gender', description: 'Gender of the contact.' })),
  birthYear: optional(integer({ title: 'Birth Year', description: 'Year of birth, 1900 or later.' })),
  streetAddress: optional(
    text({ title: 'Street Address', description: 'Street and number of the contact.', maxLength: 200 }),
  ),
  zipCode: optional(text({ title: 'Zip Code', description: 'Postal code of the contact.', maxLength: 20 })),
  city: optional(text({ title: 'City', description: 'Town or city of the contact.', maxLength: nameLimit })),
  countryCode: optional(
    text({ title: 'Country Code', description: 'Three-letter country code of ISO 3166, for example FIN.' }),
  ),
  customContactProperties: optional(
    list(
      object({
        name: optional(
          text({
            title: 'Name',
            description: 'Name of the custom property, unique within the contact.',
            maxLength: customNameLimit,
          }),
        ),
        value: optional(
          text({ title: 'Value', description: 'Value of the custom property.', maxLength: customValueLimit }),
        ),
      }),
      {
        title: 'Custom Properties',
        description: 'Properties of your own, each with a name and a value.',
        maxItems: customPropertyLimit,
      },
    ),
  ),
};

const phoneNumberRegions = optional(
  list(
    text({
      title: 'Region',
      description: 'Region whose national phone numbers are read.',
      dropdown: phoneNumberRegionsDropdown,
    }),
    {
      title: 'Phonenumber Regions',
      description: 'Regions in which a national phone number is read, in order. Empty means Finland.',
      maxItems: regionLimit,
    },
  ),
);

/** The fields that an update can empty. */
export const clearableFields = [
  'email',
  'firstName',
  'lastName',
  'gender',
  'birthYear',
  'streetAddress',
  'zipCode',
  'city',
  'countryCode',
  'customContactProperties',
] as const satisfies readonly (keyof typeof details)[];

/** The request body that creates a contact. */
export const newContactBody = object({
  active: active('Whether the contact is active.'),
  phone,
  ...details,
  phoneNumberRegions,
});

/** The request body that updates a contact. */
export const contactChangesBody = object({
  active: active('Yes reactivates a contact that was inactive. Choose No to keep it inactive.'),
  ...details,
  phoneNumberRegions,
  fieldsToClear: optional(
    list(choice(clearableFields, { title: 'Field', description: 'A field to empty.' }), {
      title: 'Fields to Clear',
      description: 'Fields to empty. A field that is only left empty keeps its value.',
      maxItems: clearableFields.length,
    }),
  ),
});

/** The answer that shows a contact. */
export const contactAnswer = object({
  phone,
  ...details,
  failedMessages: integer({
    title: 'Failed Messages',
    description: 'Number of messages to the contact that failed since it was created.',
  }),
});
