import type { PrivacyOf } from '../core/privacy.ts';

/** The genders that a contact can have. */
export const genders = ['Male', 'Female', 'Other'] as const;

/** A field that the customer defined. */
export interface CustomProperty {
  name: string;
  value: string;
}

/** A person's details; unknown ones are absent. */
export interface ContactDetails {
  email?: string;
  firstName?: string;
  lastName?: string;
  gender?: (typeof genders)[number];
  birthYear?: number;
  streetAddress?: string;
  zipCode?: string;
  city?: string;
  /** ISO 3166-1 alpha-3, in upper case. */
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

/** The changes of an update. An absent field stays as it is; null removes it. */
export type ContactChanges = {
  active?: boolean;
  /** Replaces all custom properties. */
  customContactProperties?: readonly CustomProperty[];
} & { [Field in keyof ContactDetails]?: Required<ContactDetails>[Field] | null };
