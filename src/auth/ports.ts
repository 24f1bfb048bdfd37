import type { PrivacyOf } from '../core/privacy.ts';

/** An API key as it is stored: everything but the key itself. */
export interface ApiKey {
  /** Names the key in lists and logs; not a secret. */
  id: string;
  /** SHA-256 of the whole key, in hexadecimal digits. */
  hash: string;
  /** The user of the directory as whom the key acts. */
  userId: string;
  scopes: readonly string[];
  /** The operator's name for the key. */
  name: string;
  createdAt: Date;
  /** When the key expires; absent: never. */
  expiresAt?: Date;
}

/** What the texts of a stored key hold. */
export const apiKeyPrivacy = {
  id: 'technical',
  hash: 'technical',
  userId: 'customer',
  scopes: ['technical'],
  name: 'customer',
} as const satisfies PrivacyOf<ApiKey>;

/** Keeps API keys, by their ids. */
export interface ApiKeyStore {
  /** Adds a key. Rejects if a key with its id exists. */
  add(key: ApiKey): Promise<void>;
  find(id: string): Promise<ApiKey | undefined>;
  /** Lists the keys of all users, in the order of their creation. */
  list(): Promise<readonly ApiKey[]>;
  /** Deletes a key. Resolves to false if it does not exist. */
  remove(id: string): Promise<boolean>;
}
