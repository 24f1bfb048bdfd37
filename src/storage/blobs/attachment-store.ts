import { arrayBuffer } from 'node:stream/consumers';

import type { ContainerClient } from '@azure/storage-blob';

import type { AttachmentStore, StoredAttachment } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { containerPrivacy } from '../stored-privacy.ts';
import { withRetry } from '../service/with-retry.ts';

/**
 * Keeps attachments in the container `attachments`, each as a blob named by the attachment's id. The container is
 * private, and the first attachment creates it.
 */
export function createBlobAttachmentStore(connection: StorageConnection): AttachmentStore {
  let opening: Promise<ContainerClient> | undefined;
  const container = (): Promise<ContainerClient> => (opening ??= openContainer(connection, 'attachments'));

  return {
    async put(id, { bytes, ...description }) {
      const client = await container();
      const upload = () =>
        withRetry(() =>
          client
            .getBlockBlobClient(id)
            .upload(bytes, bytes.byteLength, { ...describe(description), abortSignal: timeLimit() }),
        );
      await upload().catch(async (error: unknown) => {
        if (!hasCode(error, 'ContainerNotFound')) throw error;
        await withRetry(() => client.createIfNotExists({ abortSignal: timeLimit() }));
        await upload();
      });
    },

    async read(id) {
      const client = await container();
      const download = async (): Promise<StoredAttachment> => {
        // This takes one request. The client's downloadToBuffer would first ask for the size of the blob.
        const {
          readableStreamBody,
          contentType = '',
          metadata = {},
        } = await client.getBlobClient(id).download(0, undefined, { abortSignal: timeLimit(), maxRetryRequests: 0 });
        return {
          // The body is undefined in browsers only.
          bytes: new Uint8Array(await arrayBuffer(readableStreamBody!)),
          name: decodeURIComponent(metadata['name'] ?? ''),
          mimeType: contentType,
          expiresAt: new Date(metadata['expiresat'] ?? ''),
        };
      };
      try {
        return await withRetry(download);
      } catch (error) {
        if (hasCode(error, 'BlobNotFound', 'ContainerNotFound')) return undefined;
        throw error;
      }
    },

    async remove(id) {
      const client = await container();
      const remove = () => client.deleteBlob(id, { deleteSnapshots: 'include', abortSignal: timeLimit() });
      await withRetry(remove).catch((error: unknown) => {
        if (!hasCode(error, 'BlobNotFound', 'ContainerNotFound')) throw error;
      });
    },
  };
}

/**
 * Opens a container. The library is large, and most messages have no attachment, so it is loaded with the first one.
 */
async function openContainer(
  connection: StorageConnection,
  name: keyof typeof containerPrivacy,
): Promise<ContainerClient> {
  const { ContainerClient } = await import('@azure/storage-blob');
  return 'connectionString' in connection
    ? new ContainerClient(connection.connectionString, name, once)
    : new ContainerClient(`${connection.blobUrl}/${name}`, connection.credential, once);
}

/** Switches the library's own retries off: {@link withRetry} retries, as for tables and queues. */
const once = { retryOptions: { maxTries: 1 } };

/** Limits one try to 30 seconds. An attachment may be large, and without a limit the library waits for ever. */
const timeLimit = (): AbortSignal => AbortSignal.timeout(30_000);

/**
 * Makes the headers and metadata of a blob. Metadata travels in headers, so the name is percent-encoded. At most 500
 * characters of the name are kept: metadata may have 8 KiB in all, and a character takes at most nine bytes.
 */
function describe({ name, mimeType, expiresAt }: Omit<StoredAttachment, 'bytes'>) {
  const kept = name.slice(0, 500).toWellFormed();
  return {
    blobHTTPHeaders: { blobContentType: /^[\x20-\x7e]{1,255}$/.test(mimeType) ? mimeType : 'application/octet-stream' },
    // The service returns keys in lower case. Empty metadata is left out, since not every storage service accepts it.
    metadata: { expiresat: expiresAt.toISOString(), ...(kept === '' ? {} : { name: encodeURIComponent(kept) }) },
  };
}

/** Tells whether an error is the storage service's answer with one of these error codes. */
function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
