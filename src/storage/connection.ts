import type { TokenCredential } from '@azure/identity';

/** What an operator says of the storage account: a connection string, or endpoints for the app's managed identity. */
export type StorageSettings =
  | { connectionString: string }
  | { tableUrl: string; queueUrl: string; blobUrl: string; identityClientId?: string };

/** How to reach the storage account. */
export type StorageConnection = (
  | { connectionString: string }
  | { tableUrl: string; queueUrl: string; blobUrl: string; credential: TokenCredential }
) & {
  /** How long one try of a request to tables or queues may take; 10 seconds unless given. */
  timeLimitMs?: number;
};

/** Makes a connection from settings; to be done once in a process, so that all its clients share one credential. */
export function connectStorage(settings: StorageSettings): StorageConnection {
  if ('connectionString' in settings) return settings;
  const { identityClientId, ...urls } = settings;
  return { ...urls, credential: managedIdentity(identityClientId) };
}

/** The app's managed identity. `clientId` selects a user-assigned identity. */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  return lazyCredential(async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  });
}

/** A credential that is made with the first token: Azure's library for them is large, and seldom needed. */
export function lazyCredential(create: () => Promise<TokenCredential>): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= create();
      return (await credential).getToken(scopes, options);
    },
  };
}
