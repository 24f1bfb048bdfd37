import type { PrivacyOf } from '../core/privacy.ts';

/** Someone who doesn't want messages from one of our WhatsApp numbers. */
export interface OptOut {
  /** The WhatsApp number, in the directory's form. */
  identity: string;
  /** The phone's number: digits in international form. */
  number: string;
}

/** A number goes only if the operator says so: until then the wish is honoured. */
export const optOutPrivacy = { identity: 'customer', number: 'personal' } as const satisfies PrivacyOf<OptOut>;

/** Keeps who opted out of what. */
export interface OptOutStore {
  /** Adds an opt-out; one that is there stays as it is. */
  add(optOut: OptOut, at: Date): Promise<void>;
  /** Takes an opt-out away, if it is there. */
  remove(optOut: OptOut): Promise<void>;
  /** The numbers that opted out of an identity, in no order. */
  list(identity: string): Promise<readonly string[]>;
}
