import type { TokenCredential } from '@azure/identity';

/** How to reach a storage account: by connection string, or by its endpoints and the app's managed identity. */
export type StorageConnection =
  | { connectionString: string }
  | { tableUrl: string; queueUrl: string; identityClientId?: string };

/**
 * The app's managed identity. Its library is large and needed only in Azure, so it is loaded with the first token.
 * `clientId` selects a user-assigned identity.
 */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  const load = async (): Promise<TokenCredential> => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  };
  return {
    async getToken(scopes, options) {
      credential ??= load();
      return (await credential).getToken(scopes, options);
    },
  };
}
