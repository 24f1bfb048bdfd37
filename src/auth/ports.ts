import type { PrivacyOf } from '../core/privacy.ts';

/** An API key as it is kept: everything but the key itself. */
export interface ApiKey {
  /** Names the key in lists and logs; no secret. */
  id: string;
  /** SHA-256 of the whole key, in hexadecimal digits. */
  hash: string;
  /** The directory's user as whom the key acts. */
  userId: string;
  scopes: readonly string[];
  /** What the operator calls it. */
  name: string;
  createdAt: Date;
  /** From then on it is refused; never where absent. */
  expiresAt?: Date;
}

export const apiKeyPrivacy = {
  id: 'technical',
  hash: 'technical',
  userId: 'customer',
  scopes: ['technical'],
  name: 'customer',
} as const satisfies PrivacyOf<ApiKey>;

/** Keeps API keys, by their ids. */
export interface ApiKeyStore {
  /** Adds a key; throws where there is one with its id. */
  add(key: ApiKey): Promise<void>;
  find(id: string): Promise<ApiKey | undefined>;
  /** All keys, those of all users, in the order of their creation. */
  list(): Promise<readonly ApiKey[]>;
  /** Takes a key away for good; false where there is none. */
  remove(id: string): Promise<boolean>;
}
