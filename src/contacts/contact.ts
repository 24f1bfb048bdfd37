import type { PrivacyOf } from '../core/privacy.ts';

/** What a contact's gender may be. */
export const genders = ['Male', 'Female', 'Other'] as const;

/** A field that whoever keeps the contacts made up. */
export interface CustomProperty {
  name: string;
  value: string;
}

/** What is known of a person; a field that is not known is absent. */
export interface ContactDetails {
  email?: string;
  firstName?: string;
  lastName?: string;
  gender?: (typeof genders)[number];
  birthYear?: number;
  streetAddress?: string;
  zipCode?: string;
  city?: string;
  /** ISO 3166-1 alpha-3, in capitals. */
  countryCode?: string;
}

/** A person in a group. A group has one contact for each phone number. */
export interface Contact extends ContactDetails {
  id: string;
  /** Digits in international form, without `+`. */
  phone: string;
  active: boolean;
  customContactProperties: readonly CustomProperty[];
  createdAt: Date;
}

export const contactPrivacy = {
  id: 'technical',
  phone: 'personal',
  email: 'personal',
  firstName: 'personal',
  lastName: 'personal',
  gender: 'personal',
  streetAddress: 'personal',
  zipCode: 'personal',
  city: 'personal',
  countryCode: 'personal',
  customContactProperties: [{ name: 'personal', value: 'personal' }],
} as const satisfies PrivacyOf<Contact>;

/** What an update changes: a field that is absent stays as it is, null makes it unknown. */
export type ContactChanges = {
  active?: boolean;
  /** Takes the place of all that were there. */
  customContactProperties?: readonly CustomProperty[];
} & { [Field in keyof ContactDetails]?: Required<ContactDetails>[Field] | null };
