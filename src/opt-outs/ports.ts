import type { PrivacyOf } from '../core/privacy.ts';

/** A phone number that gets no messages from one of our WhatsApp numbers. */
export interface OptOut {
  /** The WhatsApp number, in the directory's form. */
  identity: string;
  /** The phone's number: digits in international form. */
  number: string;
}

/** A number is deleted only if the operator says so: until then we respect the opt-out. */
export const optOutPrivacy = { identity: 'customer', number: 'personal' } as const satisfies PrivacyOf<OptOut>;

/** Stores opt-outs. */
export interface OptOutStore {
  /** Adds an opt-out; one that exists already stays as it is. */
  add(optOut: OptOut, at: Date): Promise<void>;
  /** Removes an opt-out, if it exists. */
  remove(optOut: OptOut): Promise<void>;
  /** Lists the numbers that opted out of an identity, in no particular order. */
  list(identity: string): Promise<readonly string[]>;
}
