import type { TokenCredential } from '@azure/identity';

/** How the settings name a storage account: by a connection string, or by endpoints for the app's managed identity. */
export type StorageSettings =
  | { connectionString: string }
  | { tableUrl: string; queueUrl: string; blobUrl: string; identityClientId?: string };

/** How to reach a storage account. */
export type StorageConnection = (
  | { connectionString: string }
  | { tableUrl: string; queueUrl: string; blobUrl: string; credential: TokenCredential }
) & {
  /** Milliseconds that one try of a request to tables or queues may take; default: 10,000. */
  timeLimitMs?: number;
};

/** Makes a connection from settings. Call it once per process and account, so that all clients share one credential. */
export function connectStorage(settings: StorageSettings): StorageConnection {
  if ('connectionString' in settings) return settings;
  const { identityClientId, ...urls } = settings;
  return { ...urls, credential: managedIdentity(identityClientId) };
}

/**
 * Creates the credential of the app's managed identity.
 *
 * @param clientId selects a user-assigned identity; undefined: the system-assigned one
 */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  return lazyCredential(async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  });
}

/**
 * Creates a credential when the first token is requested: Azure's library for credentials is large and seldom needed.
 */
export function lazyCredential(create: () => Promise<TokenCredential>): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= create();
      return (await credential).getToken(scopes, options);
    },
  };
}
